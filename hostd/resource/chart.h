/* chart.h - which item has which of the machine's parts, as rows of signs.
 *
 * A kind says what there is (kind.h: chart), report/ draws it.  The parts of a row stand in groups
 * of what belongs together, such as the threads of a core.
 */
#pragma once

#include "base/array.h"

struct chart_row {
	const char *label; /* where it is: "socket 0 node 0" */
	const char *parts; /* which parts it shows, in the machine's own words: "0-3,8-11" */
	ARRAY(const char *) groups; /* a sign for each part: "ab" */
};

struct chart_key {
	char sign;
	const char *means; /* "web", or what a part without an item is */
};

struct chart {
	struct arena *arena;
	const char *title;
	ARRAY(struct chart_row) rows;
	ARRAY(struct chart_key)
	keys; /* of the signs that occur, in the order in which to read them */
};

/* The sign of what has this meaning, a new one (a to z, A to Z, 0 to 9) where it has none yet.  All
 * that come after share '+'. */
char chart_sign(struct chart *chart, const char *means);
