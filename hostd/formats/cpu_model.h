/* cpu_model.h - a processor as libvirt tells it: a model by name, and what it has more and less.
 *
 * https://libvirt.org/formatdomaincaps.html#cpu-configuration, formatcaps.html (<host><cpu>),
 * formatdomain.html#cpu-model-and-topology.
 */
#pragma once

#include "base/fault.h"
#include "schema/type.h"

struct cpu_model {
	const char *model;
	const char *vendor; /* "Intel", "AMD"; or NULL */
	const char *virt;   /* who offers it to guests: "kvm", "qemu"; NULL: not said */
	bool host;          /* the processor itself, as `virsh capabilities` has it:
			     * more than a guest can have of it */
	struct text_list require, without; /* features beyond the model's; sorted */
};

/* Reads what `virsh domcapabilities` (its host-model) or `virsh capabilities` prints, or a <cpu>
 * alone.  -1 with a FAULT_HOST where it is none of these, or no x86 processor. */
int cpu_model_read(struct arena *arena, const char *text, struct cpu_model *ret,
		   struct faults *faults) MUST_CHECK;

/* The same as one <cpu>, which reads back to it (but for `virt`): of a host, or of a guest. */
const char *cpu_model_text(struct arena *arena, const struct cpu_model *cpu);

struct cpu_usable {
	bool known;                /* a model of this name */
	bool usable;               /* as it is, without anything less */
	struct text_list blockers; /* what it has and the host does not; empty: not told */
};
/* What domain capabilities say of a named model; -1 with a FAULT_HOST where they are no XML. */
int cpu_usable_read(struct arena *arena, const char *text, const char *model,
		    struct cpu_usable *ret, struct faults *faults) MUST_CHECK;

/* Lists of words that are sorted: a word more; all of another one more; what is in one and not in
 * the other; what is in both. */
void words_put(struct arena *arena, struct text_list *list, const char *word);
void words_join(struct arena *arena, struct text_list *list, const struct text_list *more);
struct text_list words_without(struct arena *arena, const struct text_list *list,
			       const struct text_list *without);
struct text_list words_both(struct arena *arena, const struct text_list *a,
			    const struct text_list *b);
/* "avx2, hle and rtm". */
const char *words_text(struct arena *arena, const struct text_list *list);
