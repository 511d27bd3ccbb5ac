/* kvm.c - what KVM itself is asked for.
 *
 * A wish about KVM becomes an option of the module that has it: of both kvm_intel and kvm_amd
 * where both do (whichever this machine has takes it, and the other is never loaded), of one of
 * them, or of kvm.  What is on the machine is seen, compared and changed by kernel.modules.
 * The parameters: Documentation/admin-guide/kernel-parameters.txt of the kernel, and modinfo.
 * Catalogue A14, L1, L2, PIT39.
 */
#include <string.h>

#include "kinds/other.h"
#include "kinds/require.h"

struct kvm {
	struct given given;
	bool nested, ept, npt, enable_apicv, avic, enable_shadow_vmcs, ignore_msrs;
	uint32_t halt_poll_ns;
};

static const struct field fields[] = {
	FIELD("nested", struct kvm, nested, CLASS_LIVE,
	      "guests may run guests of their own (kvm_intel.nested, kvm_amd.nested)",
	      .example = "true"),
	FIELD("ept", struct kvm, ept, CLASS_LIVE,
	      "Intel: extended page tables; without them guests' memory is slow (kvm_intel.ept)",
	      .example = "true"),
	FIELD("npt", struct kvm, npt, CLASS_LIVE,
	      "AMD: nested page tables; without them guests' memory is slow (kvm_amd.npt)",
	      .example = "true"),
	FIELD("enable_apicv", struct kvm, enable_apicv, CLASS_LIVE,
	      "Intel: interrupts reach guests without an exit (kvm_intel.enable_apicv)",
	      .example = "true"),
	FIELD("avic", struct kvm, avic, CLASS_LIVE,
	      "AMD: interrupts reach guests without an exit (kvm_amd.avic)", .example = "true"),
	FIELD("enable_shadow_vmcs", struct kvm, enable_shadow_vmcs, CLASS_LIVE,
	      "Intel: guests of guests take fewer exits (kvm_intel.enable_shadow_vmcs)",
	      .example = "true"),
	FIELD("ignore_msrs", struct kvm, ignore_msrs, CLASS_LIVE,
	      "a guest's access to a register that KVM does not know is passed over instead of "
	      "failing in the guest (kvm.ignore_msrs)",
	      .example = "false"),
	FIELD("halt_poll_ns", struct kvm, halt_poll_ns, CLASS_LIVE,
	      "nanoseconds a processor polls for work before an idle vCPU sleeps; 0: never "
	      "(kvm.halt_poll_ns)",
	      .example = "200000"),
};
static const struct record kvm_record = RECORD(struct kvm, fields);

/* Which module has the parameter; NULL-ended. */
static const struct parameter {
	const char *name;
	const char *modules[3];
} parameters[] = {
	{ "nested", { "kvm_intel", "kvm_amd" } },
	{ "ept", { "kvm_intel" } },
	{ "npt", { "kvm_amd" } },
	{ "enable_apicv", { "kvm_intel" } },
	{ "avic", { "kvm_amd" } },
	{ "enable_shadow_vmcs", { "kvm_intel" } },
	{ "ignore_msrs", { "kvm" } },
	{ "halt_poll_ns", { "kvm" } },
};

/* As the kernel takes it; NULL where nothing is said. */
static const char *value_text(const struct item *item, const struct field *field,
			      struct arena *arena)
{
	if (!record_given(&kvm_record, item->value, field->offset))
		return NULL;
	const char *text = field_print(arena, field, (const char *)item->value + field->offset);
	if (field->type != &type_flag)
		return text;
	return string_equal(text, "true") ? "1" : "0";
}

static void option_imply(struct item *item, struct desired *desired, const char *module_name,
			 const char *name, const char *value)
{
	struct item *module = desired_imply(desired, "kernel.modules", module_name, item);
	const struct record *option_record = NULL;

	if (!module)
		return;
	void *option = other_member(desired->arena, module->kind->record, module->value, "options",
				    name, &option_record);
	if (option && !other_text(option_record, option, "value"))
		other_give_text(option_record, option, "value", value);
}

static void kvm_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	const struct kvm *kvm = item->value;

	(void)faults;
	if (kvm->nested)
		promise_capability(desired, item, "nested");
	for (size_t i = 0; i < COUNT_OF(parameters); i++) {
		const struct parameter *parameter = &parameters[i];
		const struct field *field = record_find(&kvm_record, parameter->name);
		const char *value = value_text(item, field, desired->arena);
		for (size_t m = 0; value && parameter->modules[m]; m++)
			option_imply(item, desired, parameter->modules[m], parameter->name, value);
	}
}

/* The option is one; it is said in one place. */
static void said_twice(const struct item *item, const struct desired *desired,
		       const struct parameter *parameter, struct faults *faults)
{
	const char *path = arena_printf(faults->arena, "options.%s", parameter->name);

	for (size_t m = 0; parameter->modules[m]; m++) {
		const struct item *module =
			desired_find(desired, "kernel.modules", parameter->modules[m]);
		if (!module || !module->node || !node_find(module->node, path))
			continue;
		fault_at(faults, item_mark(module, path), "%s is said by kvm already",
			 parameter->name);
		fault_also(faults, item_mark(item, parameter->name), "said here");
	}
}

static void kvm_check(const struct item *item, const struct desired *desired, struct faults *faults)
{
	for (size_t i = 0; i < COUNT_OF(parameters); i++) {
		const struct field *field = record_find(&kvm_record, parameters[i].name);
		if (record_given(&kvm_record, item->value, field->offset))
			said_twice(item, desired, &parameters[i], faults);
	}
}

const struct kind kvm_kind = {
	.path = "kvm",
	.summary = "what KVM itself is asked for",
	.shape = SHAPE_SINGLE,
	.flags = KIND_SETTINGS,
	.adopt = ADOPT_QUIETLY,
	.record = &kvm_record,
	.needs = (const char *const[]){ "kernel.modules", NULL },
	.complete = kvm_complete,
	.check = kvm_check,
	.observe = observe_nothing,
	.same = same_name,
	.plan = plan_nothing,
	.render = render_nothing,
};
