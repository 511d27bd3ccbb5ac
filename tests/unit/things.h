/* things.h - a kind of the tests' own: a thing is a file /etc/things/NAME. */
#pragma once

#include "resource/kind.h"

extern const struct kind thing_kind;
extern const struct kind *const thing_kinds[];
