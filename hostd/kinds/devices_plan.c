/* devices_plan.c - the steps that take a device from the host, and give it back. */
#include <string.h>

#include "kinds/devices.h"
#include "kinds/file.h"
#include "kinds/other.h"

#define TAKER "vfio-pci"

static int refuse(const struct item *want, enum fault_kind kind, struct faults *faults)
{
	const char *field = "pci";
	const struct device *device = want->value;

	if (GIVEN(&device_record, device, mac))
		field = "mac";
	if (GIVEN(&device_record, device, id))
		field = "id";
	fault_last(faults)->kind = kind;
	fault_last(faults)->mark = item_mark(want, field);
	return -1;
}

/* ---- whether it may go ---- */

/* The description itself wants the host to have its link. */
static const struct item *link_described(const struct desired *desired, const struct device *have)
{
	DESIRED_EACH(item, desired, "links") {
		const struct record *record = NULL;
		const void *match = other_record(item->kind->record, item->value, "match", &record);
		const char *name = match ? other_text(record, match, "name") : NULL;
		const struct mac *mac = match ? other_value(record, match, "mac", &type_mac) : NULL;
		EACH(link, &have->function->links)
			if (string_equal(*link, name))
				return item;
		if (mac && GIVEN(&device_record, have, mac) && type_mac.equal(mac, &have->mac))
			return item;
	}
	return NULL;
}

/* Of all functions that go. */
static const struct item *any_link_described(const struct change *change)
{
	const struct device *want = change->want->value;
	const struct seen_kind *seen = seen_find(change->view->seen, "devices");

	EACH(item, &seen->running.list) {
		const struct device *have = (*item)->value;
		const struct item *link = text_list_has(&want->functions, have->function->name)
						  ? link_described(change->view->desired, have)
						  : NULL;
		if (link)
			return link;
	}
	return NULL;
}

/* I12, I17: what the host stands on stays. */
static int device_check(const struct change *change, const struct device *have,
			struct faults *faults)
{
	const struct item *want = change->want;
	const struct pci_function *function = have->function;
	const char *why = pci_in_the_way(faults->arena, have->machine, function, false);
	const struct item *link = any_link_described(change);

	if (why) {
		fault(faults, FAULT_REFUSED, "%s cannot be given away: %s", function->name, why);
		return refuse(want, FAULT_REFUSED, faults);
	}
	if (function->vfs) {
		fault(faults, FAULT_REFUSED,
		      "%s cannot be given away: it has %u virtual functions, which go with it",
		      function->name, function->vfs);
		return refuse(want, FAULT_REFUSED, faults);
	}
	if (link) {
		fault_at(faults, item_mark(want, NULL), "%s describes its link for the host",
			 link->path);
		fault_also(faults, item_mark(link, NULL), "described here");
		return -1;
	}
	return 0;
}

/* ---- giving back ---- */

/* Under a guest's feet nothing is pulled away; where guests were not looked at, the verb sees. */
static bool is_held(const struct change *change, const struct pci_function *function,
		    struct steps *steps)
{
	const char *holder = seen_find(change->view->seen, "guests")
				     ? pci_held_by(change->view, function)
				     : NULL;

	if (holder)
		steps_wait(steps, WAIT_GUEST_STOP, "%s has %s", holder, function->name);
	return holder != NULL;
}

/* Who drove it drives it again; who is not known, the kernel chooses. */
static void give_back(const struct pci_function *function, const char *native, struct steps *steps)
{
	step_add(steps, VERB_pci_driver, CLASS_LIVE, function->name,
		 native && strcmp(native, "?") != 0 ? native : NULL, "");
}

/* What of the file's functions vfio-pci has and `kept` does not name; whether any has to wait. */
static bool give_back_all(const struct change *change, const struct device *file,
			  const struct text_list *kept, struct steps *steps)
{
	const struct pci_machine *machine = devices_machine(change->view);
	bool waits = false;

	for (size_t i = 0; machine && file && i < file->functions.count; i++) {
		const char *name = file->functions.at[i];
		const struct pci_function *function = pci_find(machine, name);
		bool ours = function && (string_equal(function->driver, TAKER) ||
					 string_equal(function->override, TAKER));
		if (!ours || (kept && text_list_has(kept, name)))
			continue;
		if (is_held(change, function, steps))
			waits = true;
		else
			give_back(function, file->natives.at[i], steps);
	}
	return waits;
}

static int device_remove(const struct change *change, struct steps *steps)
{
	const struct device *file = change->configured ? change->configured->value : NULL;
	const char *handle = change->last->name;

	if (!file)
		return 0;
	plan_file(steps, device_early_path(steps->arena, handle), NULL, file->early_text);
	/* While the file is there, a run that was killed is carried on by the next. */
	if (!give_back_all(change, file, NULL, steps))
		plan_file(steps, device_memory_path(steps->arena, handle), NULL, file->memory_text);
	return 0;
}

/* ---- taking ---- */

/* A link that somebody uses is lost to the host: that is more than a change while it runs. */
static enum class taking_class(const struct change *change, const struct pci_function *function) {
	const struct seen_kind *seen = seen_find(change->view->seen, "devices");

	EACH(item, &seen->running.list){
		const struct device *have = (*item)->value;
		if (have->function == function && have->link) return CLASS_SERVICE_RESTART; }
return CLASS_LIVE;
}

static void take(const struct change *change, const struct device *have, struct steps *steps)
{
	const struct device *want = change->want->value;

	EACH(name, &want->taken) {
		const struct pci_function *function = pci_find(have->machine, *name);
		if (function && !string_equal(function->driver, TAKER))
			step_add(steps, VERB_pci_driver, taking_class(change, function), *name,
				 TAKER, TAKER);
	}
}

static void plan_early(const struct change *change, const struct device *file, struct steps *steps)
{
	const struct device *want = change->want->value;
	const char *handle = change->want->name;
	const char *text =
		want->early ? device_early(steps->arena, handle, &want->functions) : NULL;

	plan_file(steps, device_early_path(steps->arena, handle), text,
		  file ? file->early_text : NULL);
	if (want->early && !(file && file->unit))
		step_add(steps, VERB_unit_enable, CLASS_NONE, DEVICES_UNIT);
}

int devices_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct device *want = change->want ? change->want->value : NULL;
	const struct device *file = change->configured ? change->configured->value : NULL;
	const struct device *have = change->running ? change->running->value : NULL;

	if (!want)
		return device_remove(change, steps);
	if (!have) {
		fault(faults, FAULT_MACHINE, "%s is a bridge",
		      pci_text(faults->arena, &want->address));
		return refuse(change->want, FAULT_MACHINE, faults);
	}
	if (device_check(change, have, faults) < 0)
		return -1;
	int on = pci_need_iommu(have->function, change->view, change->want, NULL, steps, faults);
	if (on <= 0)
		return on;
	const struct text_list *kept = want->taken.count ? &want->taken : NULL;
	give_back_all(change, file, kept, steps);
	/* It is remembered before it is taken. */
	plan_file(steps, device_memory_path(steps->arena, change->want->name),
		  device_memory(steps->arena, change->want->name, want, have->machine, file),
		  file ? file->memory_text : NULL);
	plan_early(change, file, steps);
	take(change, have, steps);
	return 0;
}
