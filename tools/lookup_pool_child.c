/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A child of the pool. */
#include "tools/lookup_pool_child.h"

#include "nss_module/lookup/event.h"
#include "tools/event_socket.h"
#include "tools/memory.h"
#include "tools/module_load.h"

#include <errno.h>
#include <netdb.h>
#include <nss.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct service {
	int descriptor, event_descriptor;
	bool has_module;
	struct fopnp_pool_question *question;
	struct fopnp_pool_reply *reply;
	struct fopnp_event *event;
	char *datagram; /* FOPNP_EVENT_SIZE */
};

size_t fopnp_pool_question_size(size_t name_len)
{
	return offsetof(struct fopnp_pool_question, name) + name_len + 1;
}

size_t fopnp_pool_reply_size(size_t address_count)
{
	return offsetof(struct fopnp_pool_reply, result.addresses) +
	       address_count * sizeof(struct fopnp_request_address);
}

bool fopnp_pool_reply_is_sound(const struct fopnp_pool_reply *reply, size_t len, uint64_t number)
{
	return len >= fopnp_pool_reply_size(0) && reply->number == number &&
	       memchr(reply->source, '\0', sizeof(reply->source)) &&
	       memchr(reply->unavailable, '\0', sizeof(reply->unavailable)) &&
	       reply->result.address_count <= FOPNP_CALL_ADDRESSES &&
	       len == fopnp_pool_reply_size(reply->result.address_count) &&
	       fopnp_call_result_is_sound(&reply->result);
}

/* False at the end of the questions. */
static bool take_question(const struct service *service)
{
	struct fopnp_pool_question *question = service->question;
	size_t least = fopnp_pool_question_size(0);
	ssize_t len;

	do
		len = recv(service->descriptor, question, sizeof(*question), 0);
	while (len == -1 && errno == EINTR);
	return len >= (ssize_t)least && ((const char *)question)[len - 1] == '\0';
}

static void use_module(struct service *service)
{
	struct fopnp_call_result *result = &service->reply->result;

	service->has_module =
		service->has_module || fopnp_module_use(fopnp_module_path(), result->module_error,
							sizeof(result->module_error));
	if (!service->has_module)
		result->end = FOPNP_CALL_NO_MODULE;
}

static void make_call(struct service *service)
{
	struct fopnp_call_result *result = &service->reply->result;
	struct fopnp_request request = {
		.call = FOPNP_CALL_GETADDRINFO,
		.name = service->question->name,
		.socktype = SOCK_STREAM,
	};

	if (service->question->is_reverse) {
		request.call = FOPNP_CALL_GETNAMEINFO;
		request.flags = NI_NAMEREQD;
		if (!fopnp_request_parse_address(request.name, &request.address)) {
			result->end = FOPNP_CALL_RETURNED;
			result->code = EAI_NONAME;
			return;
		}
	}
	fopnp_call_make(&request, result);
}

/*
 * The last source that was not there, where none was.  One that does not take the name (EINVAL, as
 * mdns does with other domains than its own) is there; and glibc's dns says UNAVAIL to a no where
 * another server had refused.
 */
static const struct fopnp_event_step *find_unavailable(const struct fopnp_event *event)
{
	const struct fopnp_event_step *found = NULL;

	if (event->truncated) /* steps may be missing */
		return NULL;
	for (size_t i = 0; i < event->step_count; i++) {
		const struct fopnp_event_step *step = &event->steps[i];

		if (step->status != NSS_STATUS_UNAVAIL || step->h_error == HOST_NOT_FOUND ||
		    step->h_error == NO_DATA)
			return NULL;
		if (step->error != EINVAL)
			found = step;
	}
	return found;
}

static void take_event(struct service *service, const struct fopnp_event *event)
{
	struct fopnp_call_result *result = &service->reply->result;
	const struct fopnp_event_step *unavailable;

	if (event->phase[0])
		return;
	unavailable = find_unavailable(event);
	if (unavailable) {
		memcpy(service->reply->unavailable, unavailable->source,
		       sizeof(unavailable->source));
		service->reply->unavailable_error = strcmp(unavailable->reason, "no-function") == 0
							    ? ENOSYS
							    : unavailable->error;
		service->reply->is_not_loaded = strcmp(unavailable->reason, "not-loaded") == 0;
	}
	if (!event->source[0])
		return;
	memcpy(service->reply->source, event->source, sizeof(event->source));
	if (!service->question->is_reverse)
		memcpy(result->canonical, event->canonical, sizeof(result->canonical));
}

_Static_assert(sizeof(((struct fopnp_event *)0)->source) ==
		       sizeof(((struct fopnp_pool_reply *)0)->source),
	       "copied as a whole");
_Static_assert(sizeof(((struct fopnp_event_step *)0)->source) ==
		       sizeof(((struct fopnp_pool_reply *)0)->unavailable),
	       "copied as a whole");
_Static_assert(sizeof(((struct fopnp_event *)0)->canonical) ==
		       sizeof(((struct fopnp_call_result *)0)->canonical),
	       "copied as a whole");

/* All of this call's, and those of processes that a source has, which look names up too. */
static void take_events(struct service *service)
{
	ssize_t len;
	pid_t sender;

	while ((len = fopnp_event_socket_read(service->event_descriptor, service->datagram,
					      FOPNP_EVENT_SIZE, &sender)) >= 0)
		if (sender == getpid() &&
		    fopnp_event_decode(service->datagram, (size_t)len, service->event))
			take_event(service, service->event);
}

static bool send_reply(const struct service *service)
{
	size_t len = fopnp_pool_reply_size(service->reply->result.address_count);
	ssize_t sent;

	do
		sent = send(service->descriptor, service->reply, len, MSG_NOSIGNAL);
	while (sent == -1 && errno == EINTR);
	return sent == (ssize_t)len;
}

_Noreturn void fopnp_pool_child_serve(const char *order, int descriptor, int event_descriptor,
				      const char *event_path)
{
	struct service service = {
		.descriptor = descriptor,
		.event_descriptor = event_descriptor,
		.question = fopnp_memory_zeroed(1, sizeof(*service.question)),
		.reply = fopnp_memory_zeroed(1, sizeof(*service.reply)),
		.event = fopnp_memory_zeroed(1, sizeof(*service.event)),
		.datagram = fopnp_memory_zeroed(1, FOPNP_EVENT_SIZE),
	};

	fopnp_module_configure(order, event_path);
	while (take_question(&service)) {
		memset(service.reply, 0, fopnp_pool_reply_size(0));
		service.reply->number = service.question->number;
		use_module(&service);
		if (service.has_module)
			make_call(&service);
		take_events(&service);
		if (!send_reply(&service))
			_exit(1);
	}
	_exit(0);
}
