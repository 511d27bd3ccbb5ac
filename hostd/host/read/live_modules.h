/* live_modules.h - libkmod, for those who look at modules and those who load them. */
#pragma once

#include <libkmod.h>

#include "base/fault.h"

/* A quiet context of libkmod; NULL and a fault where there is none. */
struct kmod_ctx *kmod_open(struct faults *faults);
void kmod_close(struct kmod_ctx **context); /* NULL inside is accepted */
#define KMOD __attribute__((cleanup(kmod_close)))
