/* kvm.c - what KVM itself is asked for.
 *
 * A wish about KVM becomes an option of both kvm_intel and kvm_amd: whichever this machine
 * has takes it, and the other is never loaded.  What is on the machine is seen, compared
 * and changed by kernel.modules.  Catalogue L1.
 */
#include "kinds/other.h"
#include "kinds/require.h"

struct kvm {
	struct given given;
	bool nested;
};

static const struct field fields[] = {
	FIELD("nested", struct kvm, nested, CLASS_LIVE,
	      "guests may run guests of their own (kvm_intel.nested, kvm_amd.nested)",
	      .example = "true"),
};
static const struct record kvm_record = RECORD(struct kvm, fields);

static const char *const modules[] = { "kvm_intel", "kvm_amd" };

static void kvm_imply(struct item *item, struct desired *desired, const char *name)
{
	const struct kvm *kvm = item->value;
	struct item *module = desired_imply(desired, "kernel.modules", name, item);
	const struct record *option_record = NULL;

	if (!module)
		return;
	void *option = other_member(desired->arena, module->kind->record, module->value, "options",
				    "nested", &option_record);
	if (option && !other_text(option_record, option, "value"))
		other_give_text(option_record, option, "value", kvm->nested ? "1" : "0");
}

static void kvm_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	const struct kvm *kvm = item->value;

	(void)faults;
	if (kvm->nested)
		promise_capability(desired, item, "nested");
	for (size_t i = 0; i < COUNT_OF(modules) && GIVEN(&kvm_record, kvm, nested); i++)
		kvm_imply(item, desired, modules[i]);
}

/* The option is one; it is said in one place. */
static void kvm_check(const struct item *item, const struct desired *desired, struct faults *faults)
{
	const struct kvm *kvm = item->value;

	if (!GIVEN(&kvm_record, kvm, nested))
		return;
	for (size_t i = 0; i < COUNT_OF(modules); i++) {
		const struct item *module = desired_find(desired, "kernel.modules", modules[i]);
		if (!module || !module->node || !node_find(module->node, "options.nested"))
			continue;
		fault_at(faults, item_mark(module, "options.nested"),
			 "nested is said by kvm already");
		fault_also(faults, item_mark(item, "nested"), "said here");
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
