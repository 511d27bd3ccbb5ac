/* parts.h - pieces that the outputs share; for this room alone. */
#pragma once

#include "report/report.h"

void text_faults(const struct reporter *reporter, const struct faults *faults);

/* "ab12cd34ef56": what people type of a plan's hash. */
const char *hash_short(struct arena *arena, const char *hash);

/* What a path's difference reads like: "2GiB -> 4GiB", "removed", "default". */
void path_text(struct text *text, const struct path *path);
