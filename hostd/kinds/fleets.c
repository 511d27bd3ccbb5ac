/* fleets.c - hosts among which guests move, and the processor that all of them can give a guest.
 *
 * What each host offers stands in a file beside the description, as libvirt prints it; libvirt on
 * this host makes the best model of them that all have in common (hypervisor-cpu-baseline of
 * virsh).  It leaves out what this host does not have, without a word: so what is common is also
 * added up here, by the names of features, and what this host lacks of it is a fault.  Catalogue
 * C10, C11.
 */
#include "kinds/fleets.h"

#include <string.h>

#include "host/read/host.h"
#include "kinds/other.h"
#include "kinds/processor.h"

struct fleet_host {
	struct given given;
	const char *cpu;
};

struct fleet {
	struct given given;
	const char *virtualization;
	struct map hosts;
	const char *model, *vendor;
	struct text_list features, without, missing;

	/* beside the table: of an observed one */
	const struct fleet_common *common;
	const struct fleet_host_features { /* as `hosts` */
		struct text_list whole;
	} * of;
};

static const struct field host_fields[] = {
	FIELD_TEXT("cpu", struct fleet_host, cpu, &type_file_text, CLASS_NONE,
		   "the file with what its processor offers guests: as `virsh domcapabilities` "
		   "prints it there (or the <host><cpu> of `virsh capabilities`)",
		   .flags = FIELD_REQUIRED | FIELD_PLAIN, .example = "fleet/alpha.xml"),
};
static const struct record host_record =
	RECORD(struct fleet_host, host_fields, .shorthand = &host_fields[0]);

static const char *const virtualizations[] = { "kvm", "emulated", NULL };

static const struct field fields[] = {
	FIELD_MAP("hosts", struct fleet, hosts, &host_record, CLASS_NONE,
		  "its hosts, each with the file that tells what its processor offers; guests with "
		  "`cpu: {fleet: NAME}` get the best model that all have in common "
		  "(hypervisor-cpu-baseline)",
		  .flags = FIELD_REQUIRED | FIELD_PLAIN,
		  .example = "{alpha: fleet/alpha.xml, beta: fleet/beta.xml}"),
	FIELD("virtualization", struct fleet, virtualization, CLASS_NONE,
	      "what runs its guests, which say the same: kvm, or emulated", .flags = FIELD_PLAIN,
	      .choices = virtualizations, .fallback = "kvm"),
	FIELD("model", struct fleet, model, CLASS_NONE, "the model that its guests get",
	      .flags = FIELD_COUNTER),
	FIELD("vendor", struct fleet, vendor, CLASS_NONE, "whose processors its hosts have",
	      .flags = FIELD_COUNTER),
	FIELD("features", struct fleet, features, CLASS_NONE, "what its guests get besides",
	      .flags = FIELD_COUNTER),
	FIELD("without", struct fleet, without, CLASS_NONE,
	      "what the model has and its guests do not get", .flags = FIELD_COUNTER),
	FIELD("missing", struct fleet, missing, CLASS_NONE,
	      "what its hosts have in common and this host lacks", .flags = FIELD_COUNTER),
};
static const struct record record = RECORD(struct fleet, fields);

extern const struct kind fleets_kind;

static const char *host_path(struct arena *arena, const struct member *host)
{
	return arena_printf(arena, "hosts.%s.cpu", host->name);
}

/* ---- what the files say ---- */

/* Only the processor of them is kept.  A file that says none is told where it is named. */
static void fleets_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	struct fleet *fleet = item->value;

	for (size_t i = 0; i < fleet->hosts.count; i++) {
		struct fleet_host *host = fleet->hosts.at[i].value;
		struct cpu_model cpu;
		if (!host->cpu)
			continue;
		if (cpu_model_read(desired->arena, host->cpu, &cpu, faults) < 0) {
			struct fault *last = fault_last(faults);
			last->kind = FAULT_DESCRIPTION;
			last->mark =
				item_mark(item, host_path(desired->arena, &fleet->hosts.at[i]));
			continue;
		}
		if (cpu.virt &&
		    string_equal(cpu.virt, "kvm") != string_equal(fleet->virtualization, "kvm")) {
			fault_at(faults,
				 item_mark(item, host_path(desired->arena, &fleet->hosts.at[i])),
				 "it was taken with virttype %s, and the fleet is %s", cpu.virt,
				 fleet->virtualization);
			fault_hint(faults, "virsh domcapabilities --virttype %s",
				   string_equal(fleet->virtualization, "kvm") ? "kvm" : "qemu");
		}
		host->cpu = cpu_model_text(desired->arena, &cpu);
	}
}

static void vendor_check(const struct item *item, const struct member *first,
			 const struct cpu_model *of_first, const struct member *host,
			 const struct cpu_model *cpu, struct faults *faults)
{
	if (!cpu->vendor || !of_first->vendor || string_equal(cpu->vendor, of_first->vendor))
		return;
	fault_at(faults, item_mark(item, host_path(faults->arena, host)),
		 "%s has a processor of %s and %s one of %s: no model is common to both",
		 host->name, cpu->vendor, first->name, of_first->vendor);
	fault_also(faults, item_mark(item, host_path(faults->arena, first)), "the other host");
}

static void fleets_check(const struct item *item, const struct desired *desired,
			 struct faults *faults)
{
	const struct fleet *fleet = item->value;
	struct cpu_model first = {}, cpu;
	struct faults unheard;

	faults_init(&unheard, desired->arena);
	if (!fleet->hosts.count)
		fault_at(faults, item_mark(item, "hosts"), "a fleet has at least one host");
	for (size_t i = 0; i < fleet->hosts.count; i++) {
		const struct fleet_host *host = fleet->hosts.at[i].value;
		if (!host->cpu || cpu_model_read(desired->arena, host->cpu, &cpu, &unheard) < 0)
			continue; /* said by complete */
		if (!first.model)
			first = cpu;
		vendor_check(item, &fleet->hosts.at[0], &first, &fleet->hosts.at[i], &cpu, faults);
	}
}

/* ---- what is common ---- */

struct looking {
	struct host *host;
	struct arena *arena;
	const struct fleet *fleet;
	const char *virt;
	bool hosts_only; /* nothing but processors themselves, with more than guests can have */
	struct fleet_common *common;
	struct faults *faults;
};

static int whole_look(struct looking *looking, const struct cpu_model *cpu,
		      struct text_list *ret_whole)
{
	return processor_whole(looking->host, looking->arena, cpu, ret_whole, looking->faults);
}

static int hosts_look(struct looking *looking, struct fleet_host_features *of,
		      struct text_list *ret_question)
{
	const struct map *hosts = &looking->fleet->hosts;

	looking->hosts_only = true;
	for (size_t i = 0; i < hosts->count; i++) {
		const struct fleet_host *host = hosts->at[i].value;
		struct cpu_model cpu;
		WITHIN(looking->faults, "host %s", hosts->at[i].name);
		if (cpu_model_read(looking->arena, host->cpu, &cpu, looking->faults) < 0 ||
		    whole_look(looking, &cpu, &of[i].whole) < 0)
			return -1;
		looking->hosts_only &= cpu.host;
		cpu.host = false;
		text_list_push(looking->arena, ret_question, cpu_model_text(looking->arena, &cpu));
		looking->common->whole =
			i ? words_both(looking->arena, &looking->common->whole, &of[i].whole)
			  : of[i].whole;
	}
	return 0;
}

/* What this host offers, in the same terms as what it is compared with. */
static int own_look(struct looking *looking, struct cpu_model *ret)
{
	const char *xml = NULL;

	int there = looking->hosts_only ? host_capabilities(looking->host, &xml, looking->faults)
					: host_domain_capabilities(looking->host, looking->virt,
								   &xml, looking->faults);
	if (there < 0)
		return -1;
	if (!there)
		return fault(looking->faults, FAULT_HOST,
			     "libvirt has no guests of type %s on this host", looking->virt);
	return cpu_model_read(looking->arena, xml, ret, looking->faults);
}

/* Who made an emulated processor nobody checks. */
static int missing_look(struct looking *looking)
{
	struct fleet_common *common = looking->common;
	struct cpu_model own;
	struct text_list whole = {};

	if (own_look(looking, &own) < 0 || whole_look(looking, &own, &whole) < 0)
		return -1;
	common->missing = words_without(looking->arena, &common->whole, &whole);
	bool other = common->cpu.vendor && own.vendor && strcmp(looking->virt, "kvm") == 0 &&
		     strcmp(common->cpu.vendor, own.vendor) != 0;
	common->vendor = other ? own.vendor : NULL;
	return 0;
}

static int fleet_look(struct looking *looking, struct fleet *seen)
{
	struct fleet_host_features *of =
		arena_alloc(looking->arena, (looking->fleet->hosts.count + 1) * sizeof(*of));
	struct host_cpu_question baseline = { .ask = HOST_CPU_BASELINE, .virt = looking->virt };

	memset(of, 0, (looking->fleet->hosts.count + 1) * sizeof(*of));
	if (hosts_look(looking, of, &baseline.of) < 0 ||
	    processor_ask(looking->host, looking->arena, &baseline, &looking->common->cpu,
			  looking->faults) < 0 ||
	    missing_look(looking) < 0)
		return -1;
	const struct fleet_common *common = looking->common;
	seen->common = common;
	seen->of = of;
	SET(&record, seen, model, common->cpu.model);
	if (common->cpu.vendor)
		SET(&record, seen, vendor, common->cpu.vendor);
	SET(&record, seen, features, common->cpu.require);
	SET(&record, seen, without, common->cpu.without);
	SET(&record, seen, missing, common->missing);
	return 0;
}

static int fleets_observe(struct host *host, struct items *configured, struct items *running,
			  struct faults *faults)
{
	(void)configured, (void)faults;
	if (!running->wanted)
		return 0;
	EACH(want, &running->wanted->list) {
		if ((*want)->kind != &fleets_kind)
			continue;
		const struct fleet *fleet = (*want)->value;
		struct item *item = items_add(running, &fleets_kind, (*want)->name);
		struct faults why;
		faults_init(&why, running->arena);
		struct looking looking = { .host = host,
					   .arena = running->arena,
					   .fleet = fleet,
					   .virt = string_equal(fleet->virtualization, "kvm")
							   ? "kvm"
							   : "qemu",
					   .common = ARENA_NEW(running->arena, struct fleet_common),
					   .faults = &why };
		if (fleet_look(&looking, item->value) < 0)
			item_unread(item, &why);
	}
	return 0;
}

/* ---- what others ask ---- */

static const struct fleet *fleet_seen(const struct view *view, const char *name)
{
	const struct seen_kind *seen = seen_find(view->seen, fleets_kind.path);
	const struct item *item =
		seen && !seen->failed ? items_find(&seen->running, &fleets_kind, name) : NULL;

	return item && !item->unread ? item->value : NULL;
}

const struct fleet_common *fleet_common(const struct view *view, const char *name)
{
	const struct fleet *fleet = fleet_seen(view, name);

	return fleet ? fleet->common : NULL;
}

const char *fleet_lacking(struct arena *arena, const struct view *view, const char *name,
			  const char *feature)
{
	const struct fleet *seen = fleet_seen(view, name);
	const struct item *want = desired_find(view->desired, fleets_kind.path, name);
	const struct map *hosts = want ? &((const struct fleet *)want->value)->hosts : NULL;
	struct text_list lacking = {};

	for (size_t i = 0; seen && seen->of && hosts && i < hosts->count; i++)
		if (!text_list_has(&seen->of[i].whole, feature))
			text_list_push(arena, &lacking, hosts->at[i].name);
	return words_text(arena, &lacking);
}

/* ---- the verdict ---- */

/* The member of the fleet that has this host's name, or NULL. */
static const struct member *self_of(const struct change *change)
{
	const struct fleet *fleet = change->want->value;
	const struct item *host = desired_find(change->view->desired, "host", "");
	const char *name = host ? other_text(host->kind->record, host->value, "name") : NULL;

	return name ? map_get(&fleet->hosts, name) : NULL;
}

/* C10: a guest with the common model would not start here, or have less than elsewhere. */
static int fleets_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct fleet *seen = change->running ? change->running->value : NULL;
	const struct fleet_common *common = seen ? seen->common : NULL;

	(void)steps;
	if (!change->want || !common || (!common->missing.count && !common->vendor))
		return 0;
	const struct member *self = self_of(change);
	const struct fleet *want = change->want->value;
	const char *type = string_equal(want->virtualization, "kvm") ? "" : " --virttype qemu";
	if (common->vendor)
		fault(faults, FAULT_MACHINE,
		      "this host has a processor of %s, and the fleet's hosts have %s's",
		      common->vendor, common->cpu.vendor);
	else
		fault(faults, FAULT_MACHINE,
		      "this host cannot give guests what the fleet's hosts have in common: it "
		      "lacks %s",
		      words_text(faults->arena, &common->missing));
	fault_last(faults)->mark =
		item_mark(change->want, self ? host_path(faults->arena, self) : "hosts");
	if (self)
		fault_hint(faults,
			   "what is described as %s is not what it offers now: take the file anew "
			   "with virsh domcapabilities%s",
			   self->name, type);
	else
		fault_hint(faults,
			   "it is none of them; to make it one, put what virsh domcapabilities%s "
			   "prints here into a file and name it too",
			   type);
	return -1;
}

const struct kind fleets_kind = {
	.path = "fleets",
	.summary = "hosts among which guests move, and what their processors have in common",
	.shape = SHAPE_NAMED,
	.flags = KIND_KEEPS | KIND_UNMARKED | KIND_JUDGES,
	.adopt = ADOPT_QUIETLY,
	.record = &record,
	.needs = (const char *const[]){ NULL },
	.complete = fleets_complete,
	.check = fleets_check,
	.observe = fleets_observe,
	.same = same_name,
	.plan = fleets_plan,
	.render = render_nothing,
};
