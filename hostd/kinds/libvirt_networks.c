/* libvirt_networks.c - networks that libvirt runs itself (libvirt_objects.c). */
#include "formats/guest.h"
#include "formats/libvirt_network.h"
#include "kinds/libvirt_objects.h"

extern const struct kind libvirt_networks_kind;

static const struct libvirt_kind which = {
	.kind = &libvirt_networks_kind,
	.definition = &libvirt_network_definition,
	.list = host_networks,
	.define = VERB_network_define,
	.undefine = VERB_network_undefine,
	.start = VERB_network_start,
	.stop = VERB_network_stop,
	.restart = VERB_network_restart,
	.autostart = VERB_network_autostart,
};

LIBVIRT_OBJECTS(which)

static bool is_plugged(const struct guest *guest, const char *network)
{
	for (size_t i = 0; i < guest->nics.count; i++) {
		const struct guest_nic *nic = guest->nics.at[i].value;
		if (string_equal(nic->libvirt_network, network))
			return true;
	}
	return false;
}

/* libvirt takes the bridge away with the network, and plugs guests in again only when it starts
 * itself or they do. */
static void note_guests(const struct change *change, struct steps *steps)
{
	const struct seen_kind *guests = seen_find(change->view->seen, "guests");

	EACH(step, &steps->list) {
		bool stops = step->verb == VERB_network_stop || step->verb == VERB_network_restart;
		if (!guests || !stops)
			continue;
		EACH(item, &guests->running.list) {
			const struct guest *guest = (*item)->value;
			if (!string_equal(guest->state, "stopped") &&
			    is_plugged(guest, step->argument[0]))
				steps_note(steps,
					   "%s is cut off until libvirt's service or the guest is "
					   "restarted",
					   (*item)->path);
		}
	}
}

static int plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	if (libvirt_objects_plan(&which, change, steps, faults) < 0)
		return -1;
	note_guests(change, steps);
	return 0;
}

static int describe(struct describing *describing, struct faults *faults)
{
	const struct libvirt_object *there = describing->configured->value;
	const struct item *running = describing->running;
	bool active = running && ((const struct libvirt_object *)running->value)->active;
	struct item *item = NULL;

	/* libvirt's package brings it: where nobody starts it, nobody wanted it. */
	if (string_equal(there->name, "default") && !there->autostart && !active)
		return 0;
	return libvirt_objects_describe(&which, describing, &item, faults);
}

static const char *const needs[] = { "require", "links", NULL };

const struct kind libvirt_networks_kind = {
	.path = "libvirt.networks",
	.summary = "networks that libvirt runs itself, in its own words",
	.shape = SHAPE_NAMED,
	.flags = KIND_HEARD,
	.adopt = ADOPT_ASK,
	.record = &libvirt_network_record,
	.needs = needs,
	.complete = complete,
	.check = check,
	.observe = observe,
	.same = libvirt_objects_same,
	.take_over = take_over,
	.plan = plan,
	.render = render,
	.import = import,
	.describe = describe,
};
