/* sriov_plan.c - the steps that make virtual functions, and tell the card about each. */
#include <inttypes.h>
#include <string.h>

#include "kinds/file.h"
#include "kinds/sriov.h"

#define GIVES(vf, member) GIVEN(&sriov_vf_record, vf, member)

enum { MEGABIT = 1000 * 1000 / 8 };

static const char *file_of(struct arena *arena, const struct sriov *card, const char *name)
{
	return arena_printf(arena, "/sys/bus/pci/devices/%s/%s", card->function->name, name);
}

/* ---- whether the machine can ---- */

static int fault_of(const struct change *change, const char *path, struct faults *faults)
{
	fault_last(faults)->mark = item_mark(change->want, path);
	return -1;
}

/* Known once the functions are there. */
static int settings_check(const struct change *change, const struct sriov *have,
			  struct faults *faults)
{
	const struct sriov *want = change->want->value;

	for (size_t i = 0; i < want->vf.count && have->vfs; i++) {
		const struct sriov_vf *vf = want->vf.at[i].value;
		const struct member *member = map_get(&have->vf, want->vf.at[i].name);
		const struct sriov_vf *now = member ? member->value : NULL;
		const char *lacks = !now                                     ? NULL
				    : GIVES(vf, trust) && !GIVES(now, trust) ? "trust"
				    : GIVES(vf, spoof_check) && !GIVES(now, spoof_check)
					    ? "spoof_check"
					    : NULL;
		if (!lacks)
			continue;
		fault(faults, FAULT_MACHINE, "the driver %s cannot be told %s",
		      have->function->driver ? have->function->driver : "(none)", lacks);
		return fault_of(change,
				arena_printf(faults->arena, "vf.%s.%s", want->vf.at[i].name, lacks),
				faults);
	}
	return 0;
}

/* A8, I18 */
static int card_check(const struct change *change, const struct sriov *have, struct faults *faults)
{
	const struct sriov *want = change->want->value;

	if (want->vfs > have->function->vfs_total) {
		fault(faults, FAULT_MACHINE, "%s can have %u virtual functions, not %u",
		      have->device ? have->device : have->function->name, have->function->vfs_total,
		      want->vfs);
		return fault_of(change, "vfs", faults);
	}
	if (!have->device) {
		fault(faults, FAULT_MACHINE, "%s has no link: no network driver has it",
		      have->function->name);
		return fault_of(change, NULL, faults);
	}
	return settings_check(change, have, faults);
}

/* ---- how many ---- */

/* Who has one keeps it until it is off: the kernel would wait for it, and we with it. */
static bool is_held(const struct change *change, const struct sriov *have, struct steps *steps)
{
	EACH(name, &have->function->functions) {
		const struct pci_function *function = pci_find(have->machine, *name);
		const char *holder = function ? pci_held_by(change->view, function) : NULL;
		if (!holder)
			continue;
		steps_wait(steps, WAIT_GUEST_STOP, "%s has %s", holder, *name);
		return true;
	}
	return false;
}

/* A number is changed by way of none (Documentation/PCI/pci-iov-howto.rst): whoever uses what is
 * there loses it.  Some drivers (igb, ixgbe) start the whole card anew for it. */
static void count_write(const struct sriov *have, uint32_t count, struct steps *steps)
{
	const char *path = file_of(steps->arena, have, "sriov_numvfs");
	bool costs = have->links.count || have->used;
	enum class class = costs ? CLASS_SERVICE_RESTART : CLASS_LIVE;

	EACH(link, &have->links)
		steps_note(steps, "the host uses %s, which goes", *link);
	if (have->used)
		steps_note(steps, "the host uses %s, whose driver may drop it for a moment",
			   have->device);
	if (have->vfs)
		step_add(steps, VERB_sysfs_write, class, path, "0");
	if (count)
		step_add(steps, VERB_sysfs_write, class, path,
			 arena_printf(steps->arena, "%u", count));
}

/* ---- each of them ---- */

static const char *flag_text(bool flag)
{
	return flag ? "true" : "false";
}

/* What the card is told, by setting; NULL: nothing is said about it.  `vf` NULL: nothing is. */
enum { MAC, VLAN, TRUST, SPOOF_CHECK, RATE, LINK_STATE, SETTINGS };
static const char *const names[SETTINGS] = { "mac",         "vlan", "trust",
					     "spoof_check", "rate", "link_state" };
static const char *const defaults[SETTINGS] = {
	"00:00:00:00:00:00", "0", "false", "true", "0", "auto"
};

static void settings_of(struct arena *arena, const struct sriov_vf *vf, const char **ret)
{
	memset(ret, 0, SETTINGS * sizeof(*ret));
	if (!vf)
		return;
	if (GIVES(vf, mac))
		ret[MAC] = mac_text(arena, &vf->mac);
	if (GIVES(vf, vlan))
		ret[VLAN] = arena_printf(arena, "%u", vf->vlan);
	if (GIVES(vf, trust))
		ret[TRUST] = flag_text(vf->trust);
	if (GIVES(vf, spoof_check))
		ret[SPOOF_CHECK] = flag_text(vf->spoof_check);
	if (GIVES(vf, rate))
		ret[RATE] = arena_printf(arena, "%" PRIu64, vf->rate.bytes / MEGABIT);
	if (GIVES(vf, link_state))
		ret[LINK_STATE] = vf->link_state;
}

static const struct sriov_vf *vf_of(const struct sriov *sriov, const char *number)
{
	const struct member *member = sriov ? map_get(&sriov->vf, number) : NULL;

	return member ? member->value : NULL;
}

/* What is no longer given goes back to its default, unless the functions are made anew. */
static void vf_write(const struct change *change, const struct sriov *have, const char *number,
		     bool anew, struct steps *steps)
{
	const char *want[SETTINGS], *last[SETTINGS], *now[SETTINGS];

	settings_of(steps->arena, vf_of(change->want->value, number), want);
	settings_of(steps->arena, vf_of(change->last ? change->last->value : NULL, number), last);
	settings_of(steps->arena, vf_of(have, number), now);
	for (unsigned i = 0; i < SETTINGS; i++) {
		const char *value = want[i] ? want[i] : last[i] && !anew ? defaults[i] : NULL;
		if (value && (anew || !string_equal(value, now[i])))
			step_add(steps, VERB_link_vf, CLASS_LIVE, have->device, number, names[i],
				 value);
	}
}

static void vfs_write(const struct change *change, const struct sriov *have, bool anew,
		      struct steps *steps)
{
	const struct sriov *want = change->want->value;
	const struct sriov *last = change->last ? change->last->value : NULL;

	for (size_t i = 0; i < want->vf.count; i++)
		vf_write(change, have, want->vf.at[i].name, anew, steps);
	for (size_t i = 0; last && !anew && i < last->vf.count; i++)
		if (!map_get(&want->vf, last->vf.at[i].name) &&
		    map_get(&have->vf, last->vf.at[i].name))
			vf_write(change, have, last->vf.at[i].name, anew, steps);
}

/* ---- the card ---- */

static int sriov_remove(const struct change *change, struct steps *steps)
{
	const struct sriov *file = change->configured ? change->configured->value : NULL;
	const struct sriov *have = change->running ? change->running->value : NULL;
	const struct sriov *last = change->last->value;

	if (have && have->vfs && is_held(change, have, steps))
		return 0;
	if (have && have->vfs)
		count_write(have, 0, steps);
	if (have && !have->function->autoprobe && GIVEN(&sriov_record, last, host_driver))
		step_add(steps, VERB_sysfs_write, CLASS_LIVE,
			 file_of(steps->arena, have, "sriov_drivers_autoprobe"), "1");
	if (!file)
		return 0;
	plan_file(steps, sriov_early_path(steps->arena, change->last->name), NULL,
		  file->early_text);
	plan_file(steps, sriov_file_path(steps->arena, change->last->name), NULL, file->file_text);
	return 0;
}

static void plan_early(const struct change *change, const struct sriov *file, struct steps *steps)
{
	const struct sriov *want = change->want->value;
	const char *handle = change->want->name;

	plan_file(steps, sriov_early_path(steps->arena, handle),
		  want->early ? sriov_early(steps->arena, handle, want) : NULL,
		  file ? file->early_text : NULL);
	if (want->early && !(file && file->unit))
		step_add(steps, VERB_unit_enable, CLASS_NONE, DEVICES_UNIT);
}

int sriov_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct sriov *want = change->want ? change->want->value : NULL;
	const struct sriov *file = change->configured ? change->configured->value : NULL;
	const struct sriov *have = change->running ? change->running->value : NULL;

	if (!want)
		return sriov_remove(change, steps);
	if (card_check(change, have, faults) < 0)
		return -1;
	bool anew = have->vfs != want->vfs;
	plan_file(steps, sriov_file_path(steps->arena, change->want->name),
		  sriov_file(steps->arena, change->want->name, want),
		  file ? file->file_text : NULL);
	plan_early(change, file, steps);
	if (paths_has(change->differs, "host_driver"))
		step_add(steps, VERB_sysfs_write, CLASS_LIVE,
			 file_of(steps->arena, have, "sriov_drivers_autoprobe"),
			 want->host_driver ? "1" : "0");
	if (paths_has(change->differs, "up")) /* I23 */
		step_add(steps, VERB_link_up, CLASS_LIVE, have->device);
	if (anew && have->vfs && is_held(change, have, steps))
		return 0;
	if (anew)
		count_write(have, want->vfs, steps);
	vfs_write(change, have, anew, steps);
	return 0;
}
