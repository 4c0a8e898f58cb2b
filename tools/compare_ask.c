/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A comparison, see compare_ask.h.  The lookup pool makes the lookups of one order at a time; only
 * fopnp.conf's orders of domains and --sources make it more than one.
 */
#include "tools/compare_ask.h"

#include "nss_module/lookup/hosts_file.h"
#include "nss_module/lookup/order.h"
#include "tools/host_conf.h"
#include "tools/memory.h"
#include "tools/request.h"
#include "tools/resolver_config.h"
#include "tools/source_kind.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define RATE_DEFAULT  500
#define CHAIN_CHECKED 4096 /* entries of a name among which an address is looked for */

/* ---- which names ---- */

static bool has_sources(const struct fopnp_comparison *comparison)
{
	return comparison->options->source_count > 0;
}

/* The name as programs ask for it: its IDNA form where it is not ASCII. */
static char *asked_form(const char *name)
{
	struct fopnp_request request = { .call = FOPNP_CALL_GETADDRINFO };
	char *asked = NULL;

	for (const char *at = name; *at; at++)
		if ((unsigned char)*at >= 0x80) {
			(void)fopnp_request_set_name(&request, name);
			if (strcmp(request.name, name) != 0)
				asked = fopnp_memory_copy_text(request.name);
			fopnp_request_clear(&request);
			break;
		}
	return asked;
}

/* False, and the error told, if nothing can be looked up. */
static bool set_subject(struct fopnp_comparison *comparison, struct fopnp_compare_subject *subject,
			const char *name, const struct fopnp_compare_name *entry)
{
	*subject = (struct fopnp_compare_subject){
		.name = name,
		.entry = entry,
		.asked = asked_form(name),
		.answers = fopnp_memory_zeroed(comparison->answer_count, sizeof(*subject->answers)),
	};
	subject->lookup = (struct fopnp_pool_lookup){
		.name = subject->asked ? subject->asked : name,
		.context = subject,
	};
	if (has_sources(comparison))
		return true;
	subject->order = fopnp_compare_orders_find(comparison->orders, subject->lookup.name);
	return subject->order != NULL;
}

static const char *text_of(const struct fopnp_comparison *comparison,
			   const struct fopnp_compare_name *name)
{
	return comparison->file.texts + name->text;
}

/* As it was typed, or as AI_IDN makes it. */
static const struct fopnp_compare_name *find_given(const struct fopnp_comparison *comparison,
						   const char *name)
{
	const struct fopnp_compare_name *entry = fopnp_compare_file_find(&comparison->file, name);
	FOPNP_AUTO_FREE char *asked = entry ? NULL : asked_form(name);

	return asked ? fopnp_compare_file_find(&comparison->file, asked) : entry;
}

static bool take_given(struct fopnp_comparison *comparison)
{
	const struct fopnp_compare_options *options = comparison->options;

	comparison->subjects =
		fopnp_memory_zeroed(options->name_count, sizeof(*comparison->subjects));
	for (size_t i = 0; i < options->name_count; i++)
		if (!set_subject(comparison, &comparison->subjects[comparison->subject_count++],
				 options->names[i], find_given(comparison, options->names[i])))
			return false;
	return true;
}

/* Of COUNT names so many are taken, spread evenly. */
struct sample {
	uint64_t count, wanted, seen;
};

static bool take_next(struct sample *sample)
{
	uint64_t before = sample->seen * sample->wanted / sample->count;

	sample->seen++;
	return sample->seen * sample->wanted / sample->count > before;
}

static void limit(struct sample *sample, uint64_t most, bool is_all)
{
	sample->wanted = is_all || sample->count < most ? sample->count : most;
}

static bool take_file(struct fopnp_comparison *comparison)
{
	const struct fopnp_compare_file *file = &comparison->file;
	bool is_all = comparison->options->is_all;
	struct sample samples[FOPNP_COMPARE_TELLS + 1] = { 0 };
	size_t count;

	for (size_t i = 0; i < file->name_count; i++)
		samples[fopnp_compare_name_kind(file, &file->names[i])].count++;
	limit(&samples[FOPNP_COMPARE_TELLS], FOPNP_COMPARE_SAMPLE, is_all);
	limit(&samples[FOPNP_COMPARE_BLOCKS], FOPNP_COMPARE_BLOCKED_SAMPLE, is_all);
	count = samples[FOPNP_COMPARE_TELLS].wanted + samples[FOPNP_COMPARE_BLOCKS].wanted;
	comparison->not_asked =
		samples[FOPNP_COMPARE_TELLS].count - samples[FOPNP_COMPARE_TELLS].wanted;
	comparison->subjects = fopnp_memory_zeroed(count + 1, sizeof(*comparison->subjects));
	for (size_t i = 0; i < file->name_count; i++) {
		const struct fopnp_compare_name *name = &file->names[i];

		if (!take_next(&samples[fopnp_compare_name_kind(file, name)]))
			continue;
		if (!set_subject(comparison, &comparison->subjects[comparison->subject_count++],
				 text_of(comparison, name), name))
			return false;
	}
	return true;
}

/* ---- which addresses ---- */

static int compare_reverses(const void *one, const void *other)
{
	const struct fopnp_compare_reverse *a = one, *b = other;

	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static size_t remove_doubles(struct fopnp_compare_reverse *list, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (kept == 0 || compare_reverses(&list[kept - 1], &list[i]) != 0)
			list[kept++] = list[i];
	return kept;
}

static void add_reverses(struct fopnp_comparison *comparison, size_t *room,
			 const struct fopnp_compare_name *name)
{
	struct fopnp_compare_addresses own = fopnp_compare_take_hosts(&comparison->file, name);

	for (size_t i = 0; i < own.count; i++) {
		struct fopnp_compare_reverse *reverse;

		if (comparison->reverse_count == *room) {
			*room = *room * 2 + 64;
			comparison->reverses = fopnp_memory_resize(comparison->reverses, *room,
								   sizeof(*comparison->reverses));
		}
		reverse = &comparison->reverses[comparison->reverse_count++];
		*reverse = (struct fopnp_compare_reverse){ .family = own.list[i].family };
		memcpy(reverse->bytes, own.list[i].bytes, sizeof(reverse->bytes));
	}
	free(own.list);
}

/* Without --all no more than names are asked for: one name may have them by the thousand. */
static size_t thin_out(struct fopnp_compare_reverse *list, size_t count, bool is_all)
{
	struct sample sample = { .count = count };
	size_t kept = 0;

	limit(&sample, FOPNP_COMPARE_SAMPLE, is_all);
	for (size_t i = 0; i < count; i++)
		if (take_next(&sample))
			list[kept++] = list[i];
	return kept;
}

/* Each once, with its order.  False, and the error told, if nothing can be looked up. */
static bool take_reverses(struct fopnp_comparison *comparison)
{
	size_t room = 0;

	for (size_t i = 0; i < comparison->subject_count; i++) {
		const struct fopnp_compare_name *name = comparison->subjects[i].entry;

		if (name && fopnp_compare_name_kind(&comparison->file, name) == FOPNP_COMPARE_TELLS)
			add_reverses(comparison, &room, name);
	}
	if (comparison->reverse_count == 0)
		return true;
	qsort(comparison->reverses, comparison->reverse_count, sizeof(*comparison->reverses),
	      compare_reverses);
	comparison->reverse_count = remove_doubles(comparison->reverses, comparison->reverse_count);
	comparison->reverse_count = thin_out(comparison->reverses, comparison->reverse_count,
					     comparison->options->is_all);
	for (size_t i = 0; i < comparison->reverse_count; i++) {
		struct fopnp_compare_reverse *reverse = &comparison->reverses[i];
		char arpa[FOPNP_ARPA_TEXT];

		(void)fopnp_address_print(reverse->family, reverse->bytes, 0, reverse->text);
		(void)fopnp_address_arpa_name(reverse->family, reverse->bytes, arpa);
		reverse->order = fopnp_compare_orders_find(comparison->orders, arpa);
		reverse->lookup = (struct fopnp_pool_lookup){
			.name = reverse->text,
			.is_reverse = true,
			.context = reverse,
		};
		if (!reverse->order)
			return false;
	}
	return true;
}

static bool is_multi(void)
{
	struct fopnp_host_conf conf;
	bool is_on;

	fopnp_host_conf_read(&conf);
	is_on = conf.is_multi;
	fopnp_host_conf_clear(&conf);
	return is_on;
}

bool fopnp_comparison_prepare(struct fopnp_comparison *comparison,
			      const struct fopnp_compare_options *options)
{
	*comparison = (struct fopnp_comparison){
		.options = options,
		.answer_count = options->source_count > 0 ? options->source_count : 1,
	};
	if (options->source_count == 0) {
		comparison->orders = fopnp_compare_orders_create(options->order);
		if (!comparison->orders)
			return false;
	}
	/* Of sources and names that were all given the file is no part. */
	if ((options->source_count == 0 || !options->has_names) &&
	    !fopnp_compare_file_read(options->file, is_multi(), &comparison->file))
		return false;
	if (!(options->has_names ? take_given(comparison) : take_file(comparison)))
		return false;
	return !options->has_reverse || has_sources(comparison) || take_reverses(comparison);
}

/* ---- asking ---- */

/* The lookups of one order, one after the other. */
struct asking {
	struct fopnp_comparison *comparison;
	const struct fopnp_compare_order *order; /* NULL: the source of `answer` alone */
	size_t answer;                           /* which one of each subject */
	size_t next_subject, next_reverse;
};

static const struct fopnp_pool_lookup *next_lookup(void *context)
{
	struct asking *asking = context;
	struct fopnp_comparison *comparison = asking->comparison;

	while (asking->next_subject < comparison->subject_count) {
		struct fopnp_compare_subject *subject =
			&comparison->subjects[asking->next_subject++];

		if (subject->order == asking->order)
			return &subject->lookup;
	}
	while (asking->next_reverse < comparison->reverse_count) {
		struct fopnp_compare_reverse *reverse =
			&comparison->reverses[asking->next_reverse++];

		if (reverse->order == asking->order)
			return &reverse->lookup;
	}
	return NULL;
}

/* One copy of each source's name. */
static const char *keep_source(struct fopnp_comparison *comparison, const char *source)
{
	if (!*source)
		return NULL;
	for (size_t i = 0; i < comparison->source_count; i++)
		if (strcmp(comparison->sources[i], source) == 0)
			return comparison->sources[i];
	comparison->sources = fopnp_memory_resize(comparison->sources, comparison->source_count + 1,
						  sizeof(*comparison->sources));
	return comparison->sources[comparison->source_count++] = fopnp_memory_copy_text(source);
}

static char *unavailable_text(const struct fopnp_pool_answer *answer)
{
	if (answer->is_not_loaded)
		return fopnp_memory_format("%s cannot be loaded", answer->unavailable);
	/* What the DNS says of servers that do not answer. */
	if (answer->unavailable_error == EAGAIN)
		return fopnp_memory_format("%s got no answer for now; asking again may succeed",
					   answer->unavailable);
	if (answer->unavailable_error == 0)
		return fopnp_memory_format("%s is not available", answer->unavailable);
	return fopnp_memory_format("%s is not available: %s", answer->unavailable,
				   strerror(answer->unavailable_error));
}

/* What kept the call from an answer that holds, where its code does not tell; else NULL. */
static char *failure_text(const struct fopnp_pool_answer *answer)
{
	const char *source = *answer->source ? answer->source : "the lookup";

	if (*answer->unavailable)
		return unavailable_text(answer);
	switch (answer->end) {
	case FOPNP_CALL_RETURNED:
		return answer->code == EAI_SYSTEM
			       ? fopnp_memory_format("a system error: %s", strerror(answer->error))
			       : NULL;
	case FOPNP_CALL_TIMED_OUT:
		return fopnp_memory_format("%s gave no answer in time", source);
	case FOPNP_CALL_CRASHED:
	case FOPNP_CALL_GARBLED:
		return fopnp_memory_format("%s crashed the process that asked it", source);
	case FOPNP_CALL_NO_MODULE:
		return fopnp_memory_format("the module cannot be loaded: %s",
					   answer->module_error ? answer->module_error : "?");
	case FOPNP_CALL_NO_RELAY:
	case FOPNP_CALL_NOT_MADE:
		break;
	}
	return fopnp_memory_copy_text("the lookup could not be made");
}

static void keep_answer(struct fopnp_comparison *comparison, struct fopnp_compare_answer *kept,
			const struct fopnp_pool_answer *answer)
{
	*kept = (struct fopnp_compare_answer){
		.is_asked = true,
		.end = answer->end,
		.code = answer->code,
		.error = answer->error,
		.elapsed_us = answer->elapsed_us,
		.source = keep_source(comparison, answer->source),
		.failure = failure_text(answer),
	};
	if (answer->end != FOPNP_CALL_RETURNED || answer->code != 0)
		return;
	if (answer->canonical && *answer->canonical)
		kept->canonical = fopnp_memory_copy_text(answer->canonical);
	if (answer->address_count == 0)
		return;
	kept->addresses.list =
		fopnp_memory_zeroed(answer->address_count, sizeof(*kept->addresses.list));
	kept->addresses.count = answer->address_count;
	for (size_t i = 0; i < answer->address_count; i++) {
		kept->addresses.list[i] = (struct fopnp_compare_address){
			.family = (uint8_t)answer->addresses[i].family,
			.scope = answer->addresses[i].scope,
		};
		memcpy(kept->addresses.list[i].bytes, answer->addresses[i].bytes, 16);
	}
}

static bool take_answer(const struct fopnp_pool_answer *answer, void *context)
{
	struct asking *asking = context;

	if (answer->lookup->is_reverse) {
		struct fopnp_compare_reverse *reverse = answer->lookup->context;

		keep_answer(asking->comparison, &reverse->answer, answer);
	} else {
		struct fopnp_compare_subject *subject = answer->lookup->context;

		keep_answer(asking->comparison, &subject->answers[asking->answer], answer);
	}
	return true;
}

/* Whether an order asks nobody but this host's own files. */
static bool is_of_files(const char *text)
{
	struct fopnp_order_error error;
	FOPNP_AUTO_FREE struct fopnp_order *order =
		fopnp_order_parse(text, strlen(text), FOPNP_GRAMMAR_FOPNP, &error);

	for (size_t i = 0; order && i < order->count; i++)
		if (!fopnp_source_is_hosts(order->entries[i].source))
			return false;
	return true;
}

/* 127.0.0.53, and 127.0.0.54: systemd-resolved.service(8). */
static bool has_stub(void)
{
	struct fopnp_resolver_config config;
	bool is_one = false;

	fopnp_resolver_config_read(&config);
	for (size_t i = 0; i < config.server_count; i++) {
		const struct sockaddr_in *ipv4 = (const void *)&config.servers[i].address;

		is_one |= ipv4->sin_family == AF_INET &&
			  (ntohl(ipv4->sin_addr.s_addr) == 0x7f000035u ||
			   ntohl(ipv4->sin_addr.s_addr) == 0x7f000036u);
	}
	fopnp_resolver_config_clear(&config);
	return is_one;
}

/* A name server on this host has a cache, or asks others at its own pace. */
static unsigned default_rate(const char *order)
{
	struct fopnp_resolver_config config;
	unsigned rate = 0;

	if (is_of_files(order))
		return 0;
	fopnp_resolver_config_read(&config);
	for (size_t i = 0; i < config.server_count; i++) {
		const struct sockaddr_storage *server = &config.servers[i].address;
		const struct sockaddr_in *ipv4 = (const void *)server;
		const struct sockaddr_in6 *ipv6 = (const void *)server;

		if (server->ss_family == AF_INET ? ntohl(ipv4->sin_addr.s_addr) >> 24 != 127
						 : !IN6_IS_ADDR_LOOPBACK(&ipv6->sin6_addr))
			rate = RATE_DEFAULT;
	}
	fopnp_resolver_config_clear(&config);
	return rate;
}

static uint64_t count_lookups(struct asking asking)
{
	uint64_t count = 0;

	while (next_lookup(&asking))
		count++;
	return count;
}

/* Nobody is left on the line: all programs hear that there is no such name. */
static void answer_nobody(struct asking *asking)
{
	const struct fopnp_pool_lookup *lookup;

	while ((lookup = next_lookup(asking)) != NULL) {
		struct fopnp_pool_answer answer = {
			.lookup = lookup,
			.end = FOPNP_CALL_RETURNED,
			.code = EAI_NONAME,
		};

		(void)take_answer(&answer, asking);
	}
}

static bool ask(struct asking *asking, const char *order)
{
	const struct fopnp_compare_options *options = asking->comparison->options;
	struct fopnp_lookup_pool_options pool_options = {
		.order = order,
		.parallel = options->parallel,
		.rate = options->has_rate ? options->rate : default_rate(order),
		.deadline_us = options->timeout_us,
		.expected = count_lookups(*asking),
	};
	struct fopnp_lookup_pool *pool;
	bool is_asked;

	if (pool_options.expected == 0)
		return true;
	if (!*order) {
		answer_nobody(asking);
		return true;
	}
	pool = fopnp_lookup_pool_create(&pool_options);
	is_asked = pool && fopnp_lookup_pool_run(pool, next_lookup, take_answer, asking);
	fopnp_lookup_pool_destroy(pool);
	return is_asked;
}

static bool ask_sources(struct fopnp_comparison *comparison)
{
	for (size_t i = 0; i < comparison->answer_count; i++) {
		struct asking asking = { .comparison = comparison, .answer = i };

		if (!ask(&asking, comparison->options->sources[i]))
			return false;
	}
	return true;
}

/* An order that has yet to be asked; NULL: none. */
static const struct fopnp_compare_order *next_order(const struct fopnp_comparison *comparison)
{
	for (size_t i = 0; i < comparison->subject_count; i++)
		if (!comparison->subjects[i].answers[0].is_asked)
			return comparison->subjects[i].order;
	for (size_t i = 0; i < comparison->reverse_count; i++)
		if (!comparison->reverses[i].answer.is_asked)
			return comparison->reverses[i].order;
	return NULL;
}

static bool ask_orders(struct fopnp_comparison *comparison)
{
	struct asking asking = { .comparison = comparison };

	while ((asking.order = next_order(comparison)) != NULL) {
		asking.next_subject = asking.next_reverse = 0;
		if (!ask(&asking, asking.order->text))
			return false;
	}
	return true;
}

/* ---- judging ---- */

static bool is_blocked(const struct fopnp_comparison *comparison,
		       const struct fopnp_compare_subject *subject)
{
	return subject->entry && !has_sources(comparison) &&
	       fopnp_compare_name_kind(&comparison->file, subject->entry) == FOPNP_COMPARE_BLOCKS;
}

/* The first source and the one of ANSWER. */
static enum fopnp_compare_class judge_source(struct fopnp_compare_subject *subject, size_t answer)
{
	struct fopnp_compare_answer *first = &subject->answers[0];
	struct fopnp_compare_answer *other = &subject->answers[answer];

	if (!fopnp_compare_answer_is_known(first) || !fopnp_compare_answer_is_known(other))
		return FOPNP_COMPARE_ERROR;
	if (!fopnp_compare_answer_is_found(first) && !fopnp_compare_answer_is_found(other))
		return FOPNP_COMPARE_SAME;
	return fopnp_compare_judge(&first->addresses, other);
}

static void judge_subject(struct fopnp_comparison *comparison,
			  struct fopnp_compare_subject *subject)
{
	struct fopnp_compare_addresses own = { 0 };

	if (has_sources(comparison)) {
		for (size_t i = 1; i < comparison->answer_count; i++)
			subject->answers[i].class = (uint8_t)judge_source(subject, i);
		return;
	}
	if (is_blocked(comparison, subject)) {
		subject->answers[0].class = FOPNP_COMPARE_BLOCKED;
		comparison->blocked_asked += fopnp_compare_answer_is_known(&subject->answers[0]);
		comparison->blocked_found += fopnp_compare_answer_is_found(&subject->answers[0]);
		return;
	}
	if (subject->entry)
		own = fopnp_compare_take_hosts(&comparison->file, subject->entry);
	subject->answers[0].class = (uint8_t)fopnp_compare_judge(&own, &subject->answers[0]);
	free(own.list);
}

bool fopnp_comparison_ask(struct fopnp_comparison *comparison)
{
	bool is_whole = has_sources(comparison) ? ask_sources(comparison) : ask_orders(comparison);

	comparison->has_stub = has_stub();
	for (size_t i = 0; i < comparison->subject_count; i++)
		judge_subject(comparison, &comparison->subjects[i]);
	return is_whole;
}

void fopnp_comparison_clear(struct fopnp_comparison *comparison)
{
	for (size_t i = 0; i < comparison->subject_count; i++) {
		struct fopnp_compare_subject *subject = &comparison->subjects[i];

		for (size_t j = 0; subject->answers && j < comparison->answer_count; j++)
			fopnp_compare_answer_clear(&subject->answers[j]);
		free(subject->answers);
		free(subject->asked);
	}
	for (size_t i = 0; i < comparison->reverse_count; i++)
		fopnp_compare_answer_clear(&comparison->reverses[i].answer);
	for (size_t i = 0; i < comparison->source_count; i++)
		free(comparison->sources[i]);
	free(comparison->sources);
	free(comparison->subjects);
	free(comparison->reverses);
	fopnp_compare_orders_destroy(comparison->orders);
	fopnp_compare_file_clear(&comparison->file);
}

/* ---- item by item ---- */

enum fopnp_compare_class fopnp_compare_class_at(size_t index)
{
	static const enum fopnp_compare_class gravest_first[FOPNP_COMPARE_CLASSES] = {
		FOPNP_COMPARE_DIFFERS,      FOPNP_COMPARE_MALFORMED, FOPNP_COMPARE_SHADOWED,
		FOPNP_COMPARE_NOT_IN_HOSTS, FOPNP_COMPARE_ERROR,     FOPNP_COMPARE_ONLY_HOSTS,
		FOPNP_COMPARE_DUPLICATE,    FOPNP_COMPARE_BLOCKED,   FOPNP_COMPARE_SAME,
	};

	return gravest_first[index];
}

static void visit_entry(const struct fopnp_comparison *comparison,
			const struct fopnp_compare_entry *entry, const char *name,
			fopnp_compare_visit *visit, void *context)
{
	struct fopnp_compare_item item = {
		.class = (enum fopnp_compare_class)entry->class,
		.name = name ? name : comparison->file.texts + entry->name,
		.entry = entry,
	};

	visit(&item, context);
}

/* Entries that were classed without asking. */
static void visit_entries(const struct fopnp_comparison *comparison, enum fopnp_compare_class class,
			  fopnp_compare_visit *visit, void *context)
{
	const struct fopnp_compare_file *file = &comparison->file;

	if (has_sources(comparison))
		return;
	for (size_t i = 0; !comparison->options->has_names && i < file->entry_count; i++)
		if (file->entries[i].class == class &&
		    !fopnp_compare_entry_is_told(file, &file->entries[i]))
			visit_entry(comparison, &file->entries[i], NULL, visit, context);
	for (size_t i = 0; comparison->options->has_names && i < comparison->subject_count; i++) {
		const struct fopnp_compare_subject *subject = &comparison->subjects[i];
		uint32_t at = subject->entry ? subject->entry->first : FOPNP_COMPARE_NONE;

		for (; at != FOPNP_COMPARE_NONE; at = file->entries[at].next)
			if (file->entries[at].class == class)
				visit_entry(comparison, &file->entries[at], subject->name, visit,
					    context);
	}
}

/* Those of the file, though most were not asked for. */
static void visit_blocked(const struct fopnp_comparison *comparison, fopnp_compare_visit *visit,
			  void *context)
{
	const struct fopnp_compare_file *file = &comparison->file;
	size_t next = 0;

	for (size_t i = 0; i < file->name_count; i++) {
		const struct fopnp_compare_name *name = &file->names[i];
		struct fopnp_compare_item item = {
			.class = FOPNP_COMPARE_BLOCKED,
			.name = text_of(comparison, name),
			.in_file = name,
		};

		if (next < comparison->subject_count && comparison->subjects[next].entry == name)
			item.subject = &comparison->subjects[next++];
		if (fopnp_compare_name_kind(file, name) == FOPNP_COMPARE_BLOCKS)
			visit(&item, context);
	}
}

void fopnp_comparison_visit(const struct fopnp_comparison *comparison,
			    enum fopnp_compare_class class, fopnp_compare_visit *visit,
			    void *context)
{
	size_t first = has_sources(comparison) ? 1 : 0;

	if (class == FOPNP_COMPARE_MALFORMED || class == FOPNP_COMPARE_SHADOWED ||
	    class == FOPNP_COMPARE_DUPLICATE) {
		visit_entries(comparison, class, visit, context);
		return;
	}
	if (class == FOPNP_COMPARE_BLOCKED && !comparison->options->has_names &&
	    !has_sources(comparison)) {
		visit_blocked(comparison, visit, context);
		return;
	}
	for (size_t i = 0; i < comparison->subject_count; i++)
		for (size_t j = first; j < comparison->answer_count; j++) {
			const struct fopnp_compare_subject *subject = &comparison->subjects[i];
			struct fopnp_compare_item item = {
				.class = class,
				.name = subject->name,
				.in_file = subject->entry,
				.subject = subject,
				.answer = j,
			};

			if (subject->answers[j].class == class)
				visit(&item, context);
		}
}

struct fopnp_compare_addresses fopnp_comparison_own(const struct fopnp_comparison *comparison,
						    const struct fopnp_compare_item *item)
{
	struct fopnp_compare_addresses own = { 0 };

	if (has_sources(comparison)) {
		const struct fopnp_compare_addresses *first = &item->subject->answers[0].addresses;

		own.count = first->count;
		own.list = fopnp_memory_zeroed(own.count, sizeof(*own.list));
		if (own.count > 0)
			memcpy(own.list, first->list, own.count * sizeof(*own.list));
	} else if (item->in_file) {
		own = fopnp_compare_take_hosts(&comparison->file, item->in_file);
	}
	if (item->subject)
		(void)fopnp_compare_mark_common(&own,
						&item->subject->answers[item->answer].addresses);
	return own;
}

bool fopnp_comparison_is_echo(const struct fopnp_comparison *comparison,
			      const struct fopnp_compare_answer *answer)
{
	const struct fopnp_compare_options *options = comparison->options;
	bool is_of_hosts = has_sources(comparison) ? fopnp_source_is_hosts(options->sources[0])
						   : strcmp(options->file, FOPNP_HOSTS_PATH) == 0;

	return is_of_hosts && answer->source &&
	       (strcmp(answer->source, "resolve") == 0 ||
		(comparison->has_stub && fopnp_source_is_dns(answer->source)));
}

/* ---- the names of addresses ---- */

const struct fopnp_compare_reverse *fopnp_comparison_reverse(
	const struct fopnp_comparison *comparison, const struct fopnp_compare_address *address)
{
	struct fopnp_compare_reverse key = { .family = address->family };

	memcpy(key.bytes, address->bytes, sizeof(key.bytes));
	if (comparison->reverse_count == 0)
		return NULL;
	return bsearch(&key, comparison->reverses, comparison->reverse_count, sizeof(key),
		       compare_reverses);
}

bool fopnp_comparison_reverse_agrees(const struct fopnp_comparison *comparison,
				     const struct fopnp_compare_reverse *reverse)
{
	const struct fopnp_compare_file *file = &comparison->file;
	const struct fopnp_compare_name *name;
	uint32_t at;

	if (!reverse->answer.canonical)
		return false;
	name = fopnp_compare_file_find(file, reverse->answer.canonical);
	at = name ? name->first : FOPNP_COMPARE_NONE;
	for (size_t i = 0; at != FOPNP_COMPARE_NONE && i < CHAIN_CHECKED; i++) {
		const struct fopnp_compare_entry *entry = &file->entries[at];

		if (entry->family == reverse->family &&
		    memcmp(entry->address, reverse->bytes, sizeof(entry->address)) == 0)
			return true;
		at = entry->next;
	}
	return false;
}
