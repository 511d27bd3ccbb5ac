/* desired_read.h - from the merged tree to items; for desired.c alone. */
#pragma once

#include "resource/desired.h"

/* Reads version, top-level keys, profiles and every item; collects faults. */
void desired_read(struct desired *desired, struct faults *faults);
