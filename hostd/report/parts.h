/* parts.h - pieces that the outputs share; for this room alone. */
#pragma once

#include "report/report.h"
#include "resource/chart.h"

void text_faults(const struct reporter *reporter, const struct faults *faults);

/* "ab12cd34ef56": what people type of a plan's hash. */
const char *hash_short(struct arena *arena, const char *hash);

/* The drawings of all kinds that have some (chart.h): those that the plan changes, or all; as a map
 * from the kind's path. */
void charts_text(struct text *text, const struct plan *plan, bool all);
struct node *charts_tree(struct arena *arena, const struct plan *plan, bool all);

/* What a path's difference reads like: "2GiB -> 4GiB", "removed", "default". */
void path_text(struct text *text, const struct path *path);
