/* iommu.c - how devices reach memory: the mode of the IOMMU.
 *
 * The mode is chosen when the kernel starts (Documentation/admin-guide/kernel-parameters.txt:
 * intel_iommu=, amd_iommu=, iommu=).  Both makers' words are said, since nobody knows here which
 * one this machine has: each is without effect on the other's.  AMD's IOMMU is on unless it is
 * turned off, so that only "off" has a word for it.  What runs is read from the groups, not from
 * the words: /sys/kernel/iommu_groups/N/type (Documentation/ABI/testing/
 * sysfs-kernel-iommu_groups).  Catalogue A24, B8, PIT6, PIT7.
 */
#include "host/read/host.h"
#include "kinds/kernel_args.h"
#include "kinds/other.h"
#include "kinds/require.h"

#define GROUPS "/sys/kernel/iommu_groups"
#define VFIO   "vfio_iommu_type1"
#define UNSAFE "allow_unsafe_interrupts"

struct iommu {
	struct given given;
	const char *mode;
	bool unsafe_interrupts;
};

static const char *const modes[] = { "passthrough", "translated", "off", NULL };

static const struct field fields[] = {
	FIELD("mode", struct iommu, mode, CLASS_REBOOT,
	      "passthrough: the host's own devices reach memory directly, guests' devices only "
	      "what is theirs (iommu=pt); translated: all devices only what they were given; off",
	      .choices = modes, .flags = FIELD_NOT_CONFIGURED, .example = "passthrough"),
	FIELD("unsafe_interrupts", struct iommu, unsafe_interrupts, CLASS_LIVE,
	      "lets guests have devices without interrupt remapping, with which such a guest can "
	      "attack the host (" VFIO "." UNSAFE ")",
	      .flags = FIELD_PLAIN, .fallback = "false", .example = "false"),
};
static const struct record record = RECORD(struct iommu, fields);

extern const struct kind iommu_kind;

static const struct words {
	const char *mode;
	const char *words[4][2];
} words[] = {
	{ "passthrough", { { "intel_iommu", "on" }, { "iommu", "pt" } } },
	{ "translated", { { "intel_iommu", "on" }, { "iommu", "nopt" } } },
	{ "off", { { "intel_iommu", "off" }, { "amd_iommu", "off" }, { "iommu", "off" } } },
};

static void say_words(struct item *item, struct desired *desired, const char *mode,
		      struct faults *faults)
{
	for (size_t i = 0; i < COUNT_OF(words); i++)
		for (size_t j = 0; string_equal(words[i].mode, mode) && words[i].words[j][0]; j++)
			kernel_args_imply(desired, item, "mode", words[i].words[j][0],
					  words[i].words[j][1], faults);
}

static void say_unsafe(struct item *item, struct desired *desired)
{
	const struct iommu *iommu = item->value;
	struct item *module = desired_imply(desired, "kernel.modules", VFIO, item);
	const struct record *option_record = NULL;

	if (!module)
		return;
	void *option = other_member(desired->arena, module->kind->record, module->value, "options",
				    UNSAFE, &option_record);
	if (option && !other_text(option_record, option, "value"))
		other_give_text(option_record, option, "value",
				iommu->unsafe_interrupts ? "1" : "0");
}

static void iommu_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	const struct iommu *iommu = item->value;

	if (GIVEN(&record, iommu, unsafe_interrupts))
		say_unsafe(item, desired);
	if (!GIVEN(&record, iommu, mode))
		return;
	say_words(item, desired, iommu->mode, faults);
	if (string_equal(iommu->mode, "off"))
		return;
	require_capability(desired, item, "mode", "iommu");
	promise_capability(desired, item, "iommu");
	promise_capability(desired, item,
			   "interrupt_remapping"); /* on with it, where there is any */
}

static void iommu_check(const struct item *item, const struct desired *desired,
			struct faults *faults)
{
	const struct item *module = desired_find(desired, "kernel.modules", VFIO);

	if (!GIVEN(&record, (const struct iommu *)item->value, unsafe_interrupts) || !module ||
	    !module->node || !node_find(module->node, "options." UNSAFE))
		return;
	fault_at(faults, item_mark(module, "options." UNSAFE), UNSAFE " is said by iommu already");
	fault_also(faults, item_mark(item, "unsafe_interrupts"), "said here");
}

/* ---- the machine ---- */

struct counts {
	size_t groups, direct;
};

/* "identity" is memory as it is; the others ("DMA", "DMA-FQ", "blocked") are translated. */
static int look_group(struct host *host, struct arena *arena, const char *name,
		      struct counts *counts, struct faults *faults)
{
	const char *type = "";
	int there =
		host_read_line(host, arena_printf(arena, GROUPS "/%s/type", name), &type, faults);

	counts->groups += there > 0;
	counts->direct += there > 0 && string_equal(type, "identity");
	return there < 0 ? -1 : 0;
}

/* In either mode the kernel makes exceptions of single devices: most groups tell. */
static int iommu_observe(struct host *host, struct items *configured, struct items *running,
			 struct faults *faults)
{
	struct iommu *now = items_add(running, &iommu_kind, "")->value;
	struct host_names groups = {};
	struct counts counts = {};

	(void)configured;
	/* What nobody wants any more is kernel.args' to take back, and no mode is the default. */
	if (!running->wanted || !items_find(running->wanted, &iommu_kind, ""))
		return 0;
	if (host_list(host, GROUPS, &groups, faults) < 0)
		return -1;
	EACH(name, &groups.list)
		if (look_group(host, running->arena, *name, &counts, faults) < 0)
			return -1;
	SET(&record, now, mode,
	    !counts.groups                       ? "off"
	    : counts.direct * 2 >= counts.groups ? "passthrough"
						 : "translated");
	return 0;
}

static int iommu_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	if (!change->want || !paths_has(change->differs, "mode"))
		return 0;
	const struct iommu *want = change->want->value, *now = change->running->value;
	if (!kernel_args_run(change->view, change->want)) {
		steps_wait(steps, WAIT_REBOOT, "the IOMMU gets its mode when the kernel starts");
		return 0;
	}
	(void)fault(faults, FAULT_MACHINE, "the IOMMU is %s, though the kernel was told %s",
		    now->mode, want->mode);
	fault_last(faults)->mark = item_mark(change->want, "mode");
	return -1;
}

const struct kind iommu_kind = {
	.path = "iommu",
	.summary = "how devices reach memory",
	.shape = SHAPE_SINGLE,
	.flags = KIND_KEEPS | KIND_UNMARKED,
	.adopt = ADOPT_QUIETLY,
	.record = &record,
	.needs = (const char *const[]){ "require", "kernel.args", "kernel.modules", NULL },
	.complete = iommu_complete,
	.check = iommu_check,
	.observe = iommu_observe,
	.same = same_name,
	.plan = iommu_plan,
	.render = render_nothing,
};
