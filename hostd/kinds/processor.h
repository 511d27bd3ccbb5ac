/* processor.h - what libvirt is asked of processors. */
#pragma once

#include "formats/cpu_model.h"
#include "host/read/host.h"

/* The answer to one question; -1 with a fault where there is none, which says why. */
int processor_ask(struct host *host, struct arena *arena, const struct host_cpu_question *question,
		  struct cpu_model *ret, struct faults *faults) MUST_CHECK;

/* All features of a processor by their names, the model's too, without those that keep a guest
 * from moving (invtsc). */
int processor_whole(struct host *host, struct arena *arena, const struct cpu_model *cpu,
		    struct text_list *ret_whole, struct faults *faults) MUST_CHECK;
