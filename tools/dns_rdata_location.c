/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LOC records (RFC 1876): where on Earth a host is. */
#include "tools/dns_rdata_field.h"

/* Latitude and longitude are thousandths of a second of arc away from: */
#define EQUATOR       (UINT32_C(1) << 31)
#define DEGREE        3600000u
#define BELOW_SURFACE 10000000u /* altitude 0 is 100 km below, in cm */

/* How far away from MIDDLE, "52 31 12.000 N "; at most MOST degrees. */
static bool put_angle(struct fopnp_rdata_field *field, uint32_t most, char beyond, char before)
{
	uint32_t number, angle;

	if (!fopnp_rdata_take(field, 4, &number))
		return false;
	angle = number >= EQUATOR ? number - EQUATOR : EQUATOR - number;
	if (angle > most * DEGREE)
		return false;
	return fprintf(field->text, "%u %u %u.%03u %c ", angle / DEGREE, angle / 60000 % 60,
		       angle / 1000 % 60, angle % 1000, number >= EQUATOR ? beyond : before) > 0;
}

/* A digit and a power of ten, in cm. */
static bool put_size(struct fopnp_rdata_field *field, uint8_t size)
{
	unsigned digit = size >> 4, power = size & 15;
	unsigned long cm = digit;

	if (size != 0 && (digit == 0 || digit > 9 || power > 9))
		return false;
	for (unsigned i = 0; i < power; i++)
		cm *= 10;
	if (power > 1)
		return fprintf(field->text, " %lum", cm / 100) > 0;
	return fprintf(field->text, " 0.%02lum", cm) > 0;
}

bool fopnp_rdata_location(struct fopnp_rdata_field *field)
{
	const uint8_t *sizes = field->at + 1; /* of the sphere, then the two precisions */
	uint32_t altitude, distance;

	if (fopnp_rdata_left(field) < 16)
		return false;
	field->at += 4;
	if (!put_angle(field, 90, 'N', 'S') || !put_angle(field, 180, 'E', 'W') ||
	    !fopnp_rdata_take(field, 4, &altitude))
		return false;
	distance = altitude >= BELOW_SURFACE ? altitude - BELOW_SURFACE : BELOW_SURFACE - altitude;
	(void)fprintf(field->text, "%s%u.%02um", altitude < BELOW_SURFACE ? "-" : "",
		      distance / 100, distance % 100);
	for (unsigned i = 0; i < 3; i++)
		if (!put_size(field, sizes[i]))
			return false;
	return true;
}
