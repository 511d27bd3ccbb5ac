/* file.h - planning a file that is wholly ours. */
#pragma once

#include "resource/step.h"

/* Steps that bring the file at `path` (mode 0644) from text `have` to `want`; NULL means: not
 * there.  Says whether any was needed. */
bool plan_file(struct steps *steps, const char *path, const char *want, const char *have);
