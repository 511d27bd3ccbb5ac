/* guests_cpu.c - which processor a guest gets: of a fleet, and whether this host can give it.
 *
 * Catalogue C9, C10, C11.
 */
#include <string.h>

#include "kinds/fleets.h"
#include "kinds/guests.h"
#include "kinds/other.h"
#include "kinds/processor.h"

#define GIVES(value, member) GIVEN(&guest_##value##_record, value, member)

static const char *feature_path(struct arena *arena, const char *name)
{
	return arena_printf(arena, "cpu.features.%s", name);
}

/* ---- of a fleet ---- */

/* A fleet says the model; only what it has more or less is a guest's own. */
void guest_fleet_check(const struct item *item, const struct desired *desired,
		       struct faults *faults)
{
	const struct guest *guest = item->value;
	const struct guest_cpu *cpu = &guest->cpu;
	const struct {
		const char *path;
		bool given;
	} others[] = {
		{ "cpu.mode", GIVES(cpu, mode) },
		{ "cpu.match", GIVES(cpu, match) },
		{ "cpu.fallback", GIVES(cpu, fallback) },
		{ "cpu.migratable", GIVES(cpu, migratable) },
	};

	if (!GIVES(cpu, fleet))
		return;
	for (size_t i = 0; i < COUNT_OF(others); i++)
		if (others[i].given)
			(void)fault_at(faults, item_mark(item, others[i].path),
				       "the fleet chooses the model: this contradicts cpu.fleet");
	const struct item *fleet = desired_find(desired, "fleets", cpu->fleet);
	const char *virtualization =
		fleet ? other_text(fleet->kind->record, fleet->value, "virtualization") : NULL;
	if (!virtualization)
		virtualization = "kvm"; /* where nobody says */
	if (fleet && !string_equal(virtualization, guest->virtualization))
		(void)fault_at(faults, item_mark(item, "cpu.fleet"),
			       "the guest is %s, and what its fleet has in common is of %s guests",
			       guest->virtualization, virtualization);
}

static bool is_nesting(const char *feature)
{
	return string_equal(feature, "vmx") || string_equal(feature, "svm");
}

/* What the guest says of a feature itself goes first. */
static void feature_give(struct arena *arena, struct guest_cpu *cpu, const char *name,
			 const char *policy)
{
	if (map_get(&cpu->features, name) || (GIVES(cpu, nested) && is_nesting(name)))
		return;
	struct guest_cpu_feature *feature =
		map_add(arena, &cpu->features, &guest_cpu_feature_record, name);
	SET(&guest_cpu_feature_record, feature, policy, policy);
	record_give(&guest_cpu_record, cpu, offsetof(struct guest_cpu, features), true);
}

/* What is not common to all cannot be asked of all. */
static int needs_check(const struct item *want, const struct view *view,
		       const struct fleet_common *common, struct faults *faults)
{
	const struct guest *guest = want->value;
	const struct guest_cpu *cpu = &guest->cpu;
	unsigned before = faults->count;

	for (size_t i = 0; i < cpu->features.count; i++) {
		const char *name = cpu->features.at[i].name;
		const struct guest_cpu_feature *feature = cpu->features.at[i].value;
		if ((!string_equal(feature->policy, "require") &&
		     !string_equal(feature->policy, "force")) ||
		    text_list_has(&common->whole, name))
			continue;
		fault(faults, FAULT_MACHINE,
		      "%s is not common to the hosts of fleets.%s: it is not on %s", name,
		      cpu->fleet, fleet_lacking(faults->arena, view, cpu->fleet, name));
		fault_last(faults)->mark = item_mark(want, feature_path(faults->arena, name));
	}
	if (GIVES(cpu, nested) && cpu->nested && !text_list_has(&common->whole, "vmx") &&
	    !text_list_has(&common->whole, "svm")) {
		fault(faults, FAULT_MACHINE,
		      "nested virtualization is not common to the hosts of fleets.%s: neither "
		      "vmx nor svm is",
		      cpu->fleet);
		fault_last(faults)->mark = item_mark(want, "cpu.nested");
	}
	return faults->count > before ? -1 : 0;
}

/* A model that is said besides is what a person, or an export, knows of it: not to be changed
 * behind their back. */
static int said_check(const struct item *want, const struct fleet_common *common,
		      struct faults *faults)
{
	const struct guest_cpu *cpu = &((const struct guest *)want->value)->cpu;

	if (!GIVES(cpu, model) || string_equal(cpu->model, common->cpu.model))
		return 0;
	fault(faults, FAULT_MACHINE, "fleets.%s has %s in common, not %s", cpu->fleet,
	      common->cpu.model, cpu->model);
	fault_last(faults)->mark = item_mark(want, "cpu.model");
	fault_hint(faults, "say that, or no model");
	return -1;
}

int guest_fleet_resolve(struct item *want, const struct view *view, struct faults *faults)
{
	struct guest *guest = want->value;
	struct guest_cpu *cpu = &guest->cpu;
	struct arena *arena = view->desired->arena;

	if (!GIVES(cpu, fleet))
		return 0;
	const struct fleet_common *common = fleet_common(view, cpu->fleet);
	if (!common || common->missing.count || common->vendor) {
		fault(faults, FAULT_MACHINE, "this host cannot give it the processor of fleets.%s",
		      cpu->fleet);
		fault_last(faults)->mark = item_mark(want, "cpu.fleet");
		return -1;
	}
	if (said_check(want, common, faults) < 0 || needs_check(want, view, common, faults) < 0)
		return -1;
	SET(&guest_cpu_record, cpu, model, common->cpu.model);
	if (common->cpu.vendor && string_equal(guest->virtualization, "kvm"))
		SET(&guest_cpu_record, cpu, vendor, common->cpu.vendor);
	EACH(name, &common->cpu.require)
		feature_give(arena, cpu, *name, "require");
	EACH(name, &common->cpu.without)
		feature_give(arena, cpu, *name, "disable");
	return 0;
}

/* ---- of this host ---- */

struct guest_processor {
	const char *model;        /* named by the guest; NULL: what the host has */
	const char *unknown;      /* why libvirt cannot tell; or NULL */
	const char *word;         /* a model or features that it does not know; or NULL */
	bool unusable;            /* the model cannot be had as it is */
	struct text_list missing; /* what this host lacks of model and features */
};

static bool is_named(const struct guest_cpu *cpu)
{
	static const char *const others[] = { "host", "host-passthrough", "maximum" };

	for (size_t i = 0; i < COUNT_OF(others); i++)
		if (string_equal(cpu->model, others[i]))
			return false;
	return GIVES(cpu, model);
}

/* What is asked for; what may be there or not is not. */
static struct cpu_model wanted_of(struct arena *arena, const struct guest_cpu *cpu,
				  const struct cpu_model *own)
{
	struct cpu_model want = {};

	want.model = is_named(cpu) ? cpu->model : own->model;
	if (!is_named(cpu)) {
		words_join(arena, &want.require, &own->require);
		words_join(arena, &want.without, &own->without);
	}
	for (size_t i = 0; i < cpu->features.count; i++) {
		const char *name = cpu->features.at[i].name;
		const struct guest_cpu_feature *feature = cpu->features.at[i].value;
		if (string_equal(feature->policy, "require"))
			words_put(arena, &want.require, name);
		else
			words_put(arena, &want.without, name);
	}
	if (!is_named(cpu)) /* what this host lacks anyhow, and is asked for */
		want.without = words_without(arena, &want.without, &want.require);
	return want;
}

/* A start would fail in the same words; unless QEMU alone knows the model. */
static void unknown_look(struct host *host, struct arena *arena, const struct cpu_model *want,
			 const struct cpu_usable *usable, struct guest_processor *ret)
{
	struct cpu_model alone = { .model = want->model };
	struct text_list all = {};
	struct faults unheard;

	faults_init(&unheard, arena);
	if (processor_whole(host, arena, &alone, &all, &unheard) == 0)
		ret->word = "cpu.features";
	else if (ret->model && !usable->known)
		ret->word = "cpu.model";
}

static int processor_look(struct host *host, struct arena *arena, const struct guest *guest,
			  const char *xml, struct guest_processor *ret, struct faults *faults)
{
	const struct guest_cpu *cpu = &guest->cpu;
	struct text_list all = {}, whole = {};
	struct cpu_usable usable = {};
	struct cpu_model own;

	if (cpu_model_read(arena, xml, &own, faults) < 0 ||
	    processor_whole(host, arena, &own, &whole, faults) < 0 ||
	    (is_named(cpu) && cpu_usable_read(arena, xml, cpu->model, &usable, faults) < 0))
		return -1;
	const struct cpu_model want = wanted_of(arena, cpu, &own);
	ret->model = is_named(cpu) ? cpu->model : NULL;
	ret->unusable = ret->model && usable.known && !usable.usable;
	if (processor_whole(host, arena, &want, &all, faults) < 0) {
		unknown_look(host, arena, &want, &usable, ret);
		return -1;
	}
	struct text_list lacks = words_without(arena, &all, &whole);
	if (ret->unusable && usable.blockers.count)
		lacks = words_without(arena, &usable.blockers, &want.without);
	else if (!ret->unusable)
		lacks = words_both(arena, &lacks, &want.require);
	ret->missing = lacks;
	return 0;
}

/* Nothing where libvirt cannot tell: it says so itself when the guest is started. */
int guest_processor_probe(struct host *host, struct arena *arena, const struct guest *guest,
			  const struct guest_processor **ret, struct faults *faults)
{
	const struct guest_cpu *cpu = &guest->cpu;
	bool emulated = string_equal(guest->virtualization, "emulated");
	const char *xml = NULL;
	struct faults unheard;

	*ret = NULL;
	if (GIVES(cpu, fleet) || (!is_named(cpu) && !cpu->features.count) ||
	    string_equal(cpu->check, "none"))
		return 0;
	int there = host_domain_capabilities(host, emulated ? "qemu" : "kvm", &xml, faults);
	if (there != 1)
		return there;
	faults_init(&unheard, arena);
	struct guest_processor *found = ARENA_NEW(arena, struct guest_processor);
	if (processor_look(host, arena, guest, xml, found, &unheard) < 0)
		found->unknown = unheard.first->message;
	*ret = found;
	return 0;
}

static const char *without_text(struct arena *arena, const struct text_list *missing)
{
	struct text text = text_of(arena);

	for (size_t i = 0; i < missing->count; i++)
		text_addf(&text, "%s%s: disable", i ? ", " : "", missing->at[i]);
	return text.at;
}

/* C9, C10: libvirt does not start a KVM guest with less than was asked for; an emulated one is
 * started with less, and nobody tells, unless it is to be compared (check: full). */
int guest_processor_plan(const struct change *change, const struct guest_processor *processor,
			 bool starts, struct steps *steps, struct faults *faults)
{
	const struct guest *want = change->want->value;
	bool emulated = string_equal(want->virtualization, "emulated") &&
			!string_equal(want->cpu.check, "full");

	if (!processor || (!processor->unknown && !processor->missing.count))
		return 0;
	if (processor->word && starts) {
		fault(faults, FAULT_MACHINE, "it could not be started, %s", processor->unknown);
		fault_last(faults)->mark = item_mark(change->want, processor->word);
		fault_hint(faults, "virsh domcapabilities lists the models, virsh cpu-models too");
		return -1;
	}
	if (processor->unknown) {
		steps_note(steps, "whether this host can give it its processor is not known: %s",
			   processor->unknown);
		return 0;
	}
	const char *lacks = words_text(faults->arena, &processor->missing);
	if (emulated || !processor->unusable || !starts) {
		steps_note(steps,
			   emulated ? "emulation does not have %s: the guest runs without"
				    : "this host does not have %s: libvirt may not start it so",
			   lacks);
		return 0;
	}
	fault(faults, FAULT_MACHINE, "this host cannot give a guest the model %s: it lacks %s",
	      processor->model, lacks);
	fault_last(faults)->mark = item_mark(change->want, "cpu.model");
	fault_hint(faults, "say model: host, or beside it features: {%s}",
		   without_text(faults->arena, &processor->missing));
	return -1;
}
