/* guests_cpu.c - which processor a guest gets: of a fleet, and whether this host can give it.
 *
 * Catalogue C9, C10, C11.
 */
#include <string.h>

#include "kinds/fleets.h"
#include "kinds/guests.h"
#include "kinds/other.h"

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
		{ "cpu.model", GIVES(cpu, model) },
		{ "cpu.mode", GIVES(cpu, mode) },
		{ "cpu.match", GIVES(cpu, match) },
		{ "cpu.vendor", GIVES(cpu, vendor) },
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
	if (virtualization && !string_equal(virtualization, guest->virtualization))
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
		fault(faults, FAULT_MACHINE, "fleets.%s does not have %s in common: %s lacks it",
		      cpu->fleet, name, fleet_lacking(faults->arena, view, cpu->fleet, name));
		fault_last(faults)->mark = item_mark(want, feature_path(faults->arena, name));
	}
	if (GIVES(cpu, nested) && cpu->nested && !text_list_has(&common->whole, "vmx") &&
	    !text_list_has(&common->whole, "svm")) {
		fault(faults, FAULT_MACHINE,
		      "fleets.%s has no nested virtualization in common: neither vmx nor svm",
		      cpu->fleet);
		fault_last(faults)->mark = item_mark(want, "cpu.nested");
	}
	return faults->count > before ? -1 : 0;
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
	if (needs_check(want, view, common, faults) < 0)
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
