/* kind guests: plans on captured machines, what they refuse, and the law that after the plan
 * the next plan is empty. */
#include "kinds_help.h"

#include "formats/domain.h"
#include "formats/uuid.h"

#define POOL "/var/lib/gasthof/pools/default"

#define SITE                                            \
	"links: {br0: {type: bridge}}\n"                \
	"images: {deb: {url: \"file:///deb.qcow2\"}}\n" \
	"guests:\n"                                     \
	"  web:\n"                                      \
	"    memory: 512MiB\n"                          \
	"    vcpus: 2\n"                                \
	"    disks: {root: {image: deb, size: 4MiB}}\n" \
	"    nics: {lan: {link: br0}}\n"                \
	"    cloud_init: {ssh_keys: [\"ssh-ed25519 AAAA ada\"]}\n"

/* A machine with KVM, 4 GiB and the image. */
static void machine(struct lab *lab)
{
	lab_put(lab, "files.json",
		"{\"/dev/kvm\": {\"kind\": \"device\", \"device\": \"10:232\"},"
		" \"/deb.qcow2\": {\"size\": 1000, \"kind\": \"regular\"}}");
	lab_put(lab, "fs/proc/meminfo", "MemTotal:        4194304 kB\nMemFree: 1 kB\n");
}

/* The lines of one item's plan. */
static const char *plan_of(struct lab *lab, const char *path)
{
	const char *plan = lab_plan(lab);
	const char *start = strstr(plan, arena_printf(lab->arena, "%s: ", path));

	if (!start)
		return string_starts(plan, path) ? plan : "";
	size_t size = strcspn(start, "\n") + 1;
	while (start[size] == ' ')
		size += strcspn(start + size, "\n") + 1;
	return arena_strndup(lab->arena, start, size);
}

static void settle(struct lab *lab, const char *yaml)
{
	assert_string_equal(lab_describe(lab, yaml), "");
	lab_plan(lab);
	assert_int_equal(lab->plan.blocked, 0);
	lab_perform(lab);
	assert_string_equal(plan_of(lab, "guests.web"), "");
	assert_string_equal(plan_of(lab, "volumes.web-root"), "");
}

static void a_guest_is_made_and_then_nothing_is_left(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	assert_string_equal(lab_describe(lab, SITE), "");
	const char *plan = plan_of(lab, "guests.web");
	assert_non_null(strstr(plan, "guests.web: create\n"
				     "  archive_write path=\"/var/lib/gasthof/seeds/web.iso\" "
				     "format=\"iso9660\" label=\"cidata\" mode=\"0600\""));
	assert_non_null(strstr(plan, "  domain_define domain=\"web\""));
	assert_non_null(strstr(plan, "  domain_start domain=\"web\""));
	assert_null(strstr(plan, "autostart"));
	plan = plan_of(lab, "volumes.web-root");
	assert_non_null(strstr(plan, "volume_create path=\"" POOL "/web-root.qcow2\" "
				     "format=\"qcow2\" bytes=\"4194304\" backing=\"" POOL
				     "/images/deb-"));
	settle(lab, SITE);
	const char *xml = lab_get(lab, "libvirt/domains/web.xml");
	assert_non_null(strstr(xml, "<source file=\"" POOL "/web-root.qcow2\"/>"));
	assert_non_null(strstr(xml, "<source bridge=\"br0\"/>"));
	assert_non_null(strstr(xml, "<alias name=\"ua-nic-lan\"/>"));
	assert_non_null(strstr(lab_get(lab, "files.json"), "local-hostname: "));
}

/* A start that failed is not forgotten, though nobody said that the guest is to run. */
static void a_first_start_is_tried_until_it_succeeds(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_describe(lab, SITE);
	lab_plan(lab);
	struct plan_item *item = plan_find(&lab->plan, "guests.web");
	size_t count = item->steps.list.count;
	assert_int_equal(item->steps.list.at[count - 2].verb, VERB_domain_start);
	item->steps.list.count = count - 2;
	lab_perform(lab);
	assert_non_null(strstr(plan_of(lab, "guests.web"), "domain_start domain=\"web\""));
	lab_perform(lab);
	assert_string_equal(plan_of(lab, "guests.web"), "");
	assert_null(strstr(lab_get(lab, "libvirt/domains/web.xml"), "start="));
}

static void what_waits_says_so_and_restarts_only_when_asked(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	settle(lab, SITE);
	static const char more[] = SITE "    firmware: uefi\n";
	lab_describe(lab, more);
	const char *plan = plan_of(lab, "guests.web");
	assert_non_null(strstr(plan, "guests.web: change\n  domain_define domain=\"web\""));
	assert_non_null(strstr(plan, "  wait guest-stop: takes effect at its next start\n"));
	assert_null(strstr(plan, "domain_stop"));
	lab_perform(lab);
	/* configured now; the rest waits, and that is all */
	assert_string_equal(plan_of(lab, "guests.web"),
			    "guests.web: change\n"
			    "  wait guest-stop: takes effect at its next start\n");
	assert_true(plan_is_empty(&lab->plan));
	/* asked for */
	lab_describe(lab, SITE "    firmware: uefi\n    on_change: restart\n");
	assert_string_equal(plan_of(lab, "guests.web"),
			    "guests.web: change\n"
			    "  domain_define domain=\"web\"\n"
			    "  domain_stop domain=\"web\" mode=\"shutdown\" deadline=\"60\"\n"
			    "  domain_start domain=\"web\"\n"
			    "  domain_define domain=\"web\"\n");
	assert_int_equal(lab->plan.class, CLASS_GUEST_RESTART);
	/* It takes longer to shut down than it is waited for, and is off at the next look. */
	lab_put(lab, "libvirt/domains/web.xml",
		plan_find(&lab->plan, "guests.web")->steps.list.at[0].body);
	lab_put(lab, "libvirt/domains.json", "{\"web\": {\"state\": \"shutoff\"}}");
	const char *live = lab_get(lab, "libvirt/domains/web.live.xml");
	remove(lab_path(lab, "libvirt/domains/web.live.xml"));
	assert_non_null(strstr(plan_of(lab, "guests.web"), "  domain_start domain=\"web\"\n"));
	/* Or it is not off yet. */
	lab_put(lab, "libvirt/domains/web.live.xml", live);
	lab_put(lab, "libvirt/domains.json", "{\"web\": {\"state\": \"running\"}}");
	assert_non_null(strstr(plan_of(lab, "guests.web"), "  domain_stop domain=\"web\""));
	lab_perform(lab);
	assert_string_equal(plan_of(lab, "guests.web"), "");
}

static void what_can_be_done_live_is(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	settle(lab, SITE "    cpu: host\n");
	lab_describe(lab, "links: {br0: {type: bridge}, br1: {type: bridge}}\n"
			  "images: {deb: {url: \"file:///deb.qcow2\"}}\n"
			  "guests:\n"
			  "  web:\n"
			  "    memory: {size: 256MiB, max: 512MiB}\n"
			  "    vcpus: 2\n"
			  "    cpu: host\n"
			  "    disks: {root: {image: deb, size: 4MiB}, data: {size: 1MiB}}\n"
			  "    nics: {lan: {link: br1, link_state: down}, two: {link: br1}}\n"
			  "    cloud_init: {ssh_keys: [\"ssh-ed25519 AAAA ada\"]}\n");
	const char *plan = plan_of(lab, "guests.web");
	assert_non_null(strstr(plan, "domain_set domain=\"web\" what=\"memory\" "
				     "value=\"268435456\" scope=\"live\""));
	assert_non_null(strstr(plan, "device_attach domain=\"web\" alias=\"ua-disk-data\" "
				     "scope=\"live\""));
	assert_non_null(strstr(plan, "device_attach domain=\"web\" alias=\"ua-nic-two\" "
				     "scope=\"live\""));
	const char *update = strstr(plan, "device_update domain=\"web\" alias=\"ua-nic-lan\" ");
	assert_non_null(update);
	assert_null(strstr(update + 1, "device_update"));
	assert_null(strstr(plan, "wait"));
	assert_int_equal(lab->plan.class, CLASS_LIVE);
	/* the volume is there before the guest gets it */
	const char *whole = lab_plan(lab);
	assert_true(strstr(whole, "volumes.web-data") < strstr(whole, "guests.web:"));

	/* never: the same waits for the next start */
	lab_describe(lab, SITE "    cpu: host\n    on_change: never\n    description: a\n");
	lab_plan(lab);
	lab_perform(lab);
	lab_describe(lab, "links: {br0: {type: bridge}}\n"
			  "images: {deb: {url: \"file:///deb.qcow2\"}}\n"
			  "guests: {web: {memory: {size: 256MiB, max: 512MiB}, vcpus: 2, cpu: "
			  "host, on_change: never, "
			  "disks: {root: {image: deb, size: 4MiB}}, nics: {lan: {link: br0}}, "
			  "cloud_init: {ssh_keys: [\"ssh-ed25519 AAAA ada\"]}}}\n");
	plan = plan_of(lab, "guests.web");
	assert_null(strstr(plan, "what=\"memory\""));
	assert_non_null(strstr(plan, "wait guest-stop"));
}

static const struct step *step_of(struct lab *lab, const char *path, enum verb verb)
{
	EACH(step, &plan_find(&lab->plan, path)->steps.list)
		if (step->verb == verb)
			return step;
	return NULL;
}

#define DEVICES(root, nic, more)                                                           \
	"links: {br0: {type: bridge}, br1: {type: bridge}}\n"                              \
	"images: {deb: {url: \"file:///deb.qcow2\"}}\n"                                    \
	"guests:\n"                                                                        \
	"  web:\n"                                                                         \
	"    memory: 512MiB\n"                                                             \
	"    disks: {root: {image: deb, size: 4MiB" root "}, cd: {device: cdrom" more "\n" \
	"    nics: {lan: {" nic "}}\n"

/* An update says nothing of what has to wait; a limit is no update; a bus comes with its disk. */
static void a_device_is_changed_by_what_can_change(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	settle(lab, DEVICES("", "link: br0", ", path: /a.iso}}"));
	lab_describe(lab,
		     DEVICES(", limit: {read: 80Mbit/s}, cache: none",
			     "link: br1, model: e1000e, bandwidth: {inbound: {average: 9}}",
			     "}, more: {size: 1MiB, bus: scsi}, old: {size: 1MiB, bus: sata}}"));
	const char *plan = plan_of(lab, "guests.web");
	const struct step *limit = step_of(lab, "guests.web", VERB_disk_limit);
	assert_string_equal(limit->argument[1], "ua-disk-root");
	assert_non_null(strstr(limit->body, "<read_bytes_sec>10000000</read_bytes_sec>"));
	assert_null(strstr(limit->body, "cache"));
	const char *cd = strstr(plan, "device_update domain=\"web\" alias=\"ua-disk-cd\"");
	const char *lan = strstr(plan, "device_update domain=\"web\" alias=\"ua-nic-lan\"");
	const char *bus =
		strstr(plan, "device_attach domain=\"web\" alias=\"ua-controller-scsi-0\"");
	const char *more = strstr(plan, "device_attach domain=\"web\" alias=\"ua-disk-more\"");
	assert_true(cd && lan && bus && more && bus < more);
	EACH(step, &plan_find(&lab->plan, "guests.web")->steps.list) {
		if (step->verb != VERB_device_update)
			continue;
		assert_null(strstr(step->body, "/a.iso"));
		assert_null(strstr(step->body, "e1000e"));
		assert_true(!strstr(step->body, "<interface") ||
			    (strstr(step->body, "bridge=\"br1\"") &&
			     strstr(step->body, "<inbound average=\"9\"/>")));
	}
	assert_null(strstr(plan, "ua-disk-old")); /* no disk is plugged into SATA */
	assert_non_null(strstr(plan, "  wait guest-stop: takes effect at its next start\n"));
}

/* Random numbers, the agent's channel, a socket to the host: whole devices behind one word. */
static void a_device_behind_one_word_comes_and_goes(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	settle(lab, SITE);
	lab_describe(lab, SITE "    rng: false\n    guest_agent: false\n"
			       "    vsock: {cid: 7, automatic: false}\n");
	const char *plan = plan_of(lab, "guests.web");
	assert_non_null(strstr(plan, "device_detach domain=\"web\" alias=\"ua-rng\" "));
	assert_non_null(strstr(plan, "device_detach domain=\"web\" alias=\"ua-guest_agent\" "));
	assert_non_null(strstr(plan, "device_attach domain=\"web\" alias=\"ua-vsock\" "));
	assert_null(strstr(plan, "wait"));
	assert_int_equal(lab->plan.class, CLASS_LIVE);
	const struct step *vsock = step_of(lab, "guests.web", VERB_device_attach);
	assert_non_null(strstr(vsock->body, "address=\"7\""));
	/* one that is there keeps its number until the next start */
	lab_perform(lab);
	lab_put(lab, "libvirt/domains/web.live.xml", lab_get(lab, "libvirt/domains/web.xml"));
	lab_describe(lab, SITE "    rng: false\n    guest_agent: false\n"
			       "    vsock: {cid: 8, automatic: false}\n");
	plan = plan_of(lab, "guests.web");
	assert_null(strstr(plan, "device_"));
	assert_non_null(strstr(plan, "  wait guest-stop: takes effect at its next start\n"));
	lab_describe(lab, SITE);
	plan = plan_of(lab, "guests.web");
	assert_non_null(strstr(plan, "device_detach domain=\"web\" alias=\"ua-vsock\" "));
	assert_null(strstr(step_of(lab, "guests.web", VERB_domain_define)->body, "<vsock"));
}

static void note_refused(struct lab *lab, const char *life, const struct step *step)
{
	struct refusals refused = { .life = life };
	struct refusal refusal = { .key = refusal_key(lab->arena, step),
				   .what = "ua-disk-more",
				   .why = "no slot is left" };
	const char *uuid = uuid_of(lab->arena, "gasthof/guests/web");

	refusals_add(lab->arena, &refused, &refusal);
	lab_put(lab, arena_printf(lab->arena, "fs%s", refusal_path(lab->arena, uuid)),
		refusals_text(lab->arena, &refused));
}

/* Which is neither a loop nor a failure: it waits, says why, and is done at the next start. */
static void what_the_running_guest_did_not_take_waits(void **state)
{
	struct lab *lab = *state;
	static const char two[] =
		"links: {br0: {type: bridge}}\n"
		"images: {deb: {url: \"file:///deb.qcow2\"}}\n"
		"guests: {web: {memory: 512MiB, vcpus: 2, disks: {root: {image: deb, size: 4MiB}}, "
		"nics: {lan: {link: br0}, two: {link: br0}}, "
		"cloud_init: {ssh_keys: [\"ssh-ed25519 AAAA ada\"]}}}\n";

	machine(lab);
	settle(lab, SITE);
	lab_describe(lab, two);
	assert_non_null(strstr(plan_of(lab, "guests.web"), "device_attach"));
	const struct step attach = *step_of(lab, "guests.web", VERB_device_attach);
	lab_put(lab, "libvirt/domains/web.live.xml",
		arena_printf(lab->arena, "<domain id=\"3\"%s",
			     lab_get(lab, "libvirt/domains/web.live.xml") + strlen("<domain")));
	/* at an earlier start: tried anew */
	note_refused(lab, "2", &attach);
	assert_non_null(strstr(plan_of(lab, "guests.web"), "device_attach"));
	note_refused(lab, "3", &attach);
	const char *plan = plan_of(lab, "guests.web");
	assert_non_null(strstr(plan, "domain_define"));
	assert_null(strstr(plan, "device_attach"));
	assert_non_null(strstr(plan, "  wait guest-stop: no slot is left\n"));
	/* another wish is not the one that was refused */
	struct step other = attach;
	other.argument[1] = "ua-nic-three";
	note_refused(lab, "3", &other);
	assert_non_null(strstr(plan_of(lab, "guests.web"), "device_attach"));
}

/* Only the guest whose seed it is cannot be looked at. */
static void a_seed_that_cannot_be_read_stops_its_guest_alone(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	settle(lab, SITE "  db: {memory: 256MiB, disks: {root: {image: deb, size: 4MiB}}}\n");
	lab_json(lab, "files.json", "/var/lib/gasthof/seeds/web.iso",
		 lab_image(lab, "raw", "1000", "none"));
	lab_describe(lab, SITE "  db: {memory: 128MiB, disks: {root: {image: deb, size: 4MiB}}}\n");
	const char *plan = lab_plan(lab);
	assert_non_null(strstr(plan, "guests.db: change\n"));
	assert_null(strstr(plan, "guests.web:"));
	assert_string_equal(plan_find(&lab->plan, "guests.web")->blocked, "could not look");
	assert_int_equal(lab->plan.blocked, 1);
	assert_non_null(strstr(plan, "/var/lib/gasthof/seeds/web.iso"));
}

/* What has a turn is not libvirt's to start. */
static void a_turn_is_taken_from_libvirts_autostart(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	settle(lab, SITE "    autostart: true\n");
	lab_describe(lab, SITE "    autostart: {order: 2, delay: 5s}\n");
	assert_string_equal(plan_of(lab, "guests.web"),
			    "guests.web: change\n"
			    "  domain_autostart domain=\"web\" on=\"false\"\n");
	lab_perform(lab);
	lab_describe(lab, SITE "    autostart: {order: 3}\n");
	assert_string_equal(plan_of(lab, "guests.web"),
			    ""); /* the ledger is told, libvirt is not */
	assert_non_null(strstr(lab_describe(lab, SITE "    autostart: {on: false, order: 1}\n"),
			       "it has a turn, and does not start with the host"));
	assert_non_null(strstr(lab_describe(lab, SITE "    autostart: {on: true, delay: 5s}\n"),
			       "nobody starts after it: it has no turn"));
}

static void a_change_of_the_seed_restarts_nothing(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	settle(lab, SITE);
	lab_describe(lab, SITE "    autostart: true\n");
	assert_string_equal(plan_of(lab, "guests.web"),
			    "guests.web: change\n"
			    "  domain_autostart domain=\"web\" on=\"true\"\n");
	lab_perform(lab);
	/* somebody damaged the seed */
	struct node *seed = lab_member(lab, "files.json", "/var/lib/gasthof/seeds/web.iso");
	struct node *files = (struct node *)node_find(seed, "archive.files");
	node_remove(files, "user-data");
	lab_json(lab, "files.json", "/var/lib/gasthof/seeds/web.iso", seed);
	assert_true(string_starts(plan_of(lab, "guests.web"),
				  "guests.web: change\n  archive_write path="));
	assert_int_equal(lab->plan.class, CLASS_NONE);
	/* autostart is no longer said: it goes back */
	lab_describe(lab, SITE);
	assert_non_null(
		strstr(plan_of(lab, "guests.web"), "domain_autostart domain=\"web\" on=\"false\""));
}

static void a_guest_that_goes_keeps_its_data_without_permission(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	settle(lab, SITE);
	lab_describe(lab, "images: {deb: {url: \"file:///deb.qcow2\"}}\n");
	const char *plan = lab_plan(lab);
	assert_non_null(strstr(plan,
			       "guests.web: remove\n"
			       "  domain_stop domain=\"web\" mode=\"shutdown\" deadline=\"60\"\n"
			       "  file_remove path=\"/var/lib/gasthof/seeds/web.iso\"\n"
			       "  domain_undefine domain=\"web\"\n"));
	assert_true(strstr(plan, "guests.web: remove") < strstr(plan, "volumes.web-root: remove"));
	assert_int_equal(plan_find(&lab->plan, "volumes.web-root")->class, CLASS_DESTROYS_DATA);
	assert_int_equal(plan_find(&lab->plan, "guests.web")->class, CLASS_GUEST_RESTART);
	lab_perform(lab);
	assert_null(strstr(lab_plan(lab), "web"));
}

/* The guest is off, its memory saved as it ran. */
static void save(struct lab *lab)
{
	lab_put(lab, "libvirt/domains/web.saved.xml", lab_get(lab, "libvirt/domains/web.live.xml"));
	remove(lab_path(lab, "libvirt/domains/web.live.xml"));
	lab_put(lab, "libvirt/domains.json", "{\"web\": {\"state\": \"shutoff\"}}");
}

static bool is_noted(struct lab *lab, const char *note)
{
	plan_of(lab, "guests.web");
	const struct plan_item *item = plan_find(&lab->plan, "guests.web");
	EACH(one, &item->steps.notes)
		if (strcmp(*one, note) == 0)
			return true;
	return false;
}

static void what_libvirt_keeps_of_a_guest_goes_with_permission(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	settle(lab, SITE);
	save(lab);
	lab_put(lab, "libvirt/domains.json",
		"{\"web\": {\"state\": \"shutoff\", \"snapshots\": [\"before\", \"clean\"], "
		"\"checkpoints\": [\"monday\"]}}");
	lab_describe(lab, "images: {deb: {url: \"file:///deb.qcow2\"}}\n");
	assert_non_null(
		strstr(plan_of(lab, "guests.web"),
		       "  domain_undefine domain=\"web\" with=\"saved,snapshots,checkpoints\"\n"));
	assert_int_equal(plan_find(&lab->plan, "guests.web")->class, CLASS_DESTROYS_DATA);
	assert_true(is_noted(lab, "its memory was saved: what the guest was doing then is lost"));
	assert_true(is_noted(lab,
			     "its snapshots are forgotten (\"before\", \"clean\"): nothing goes "
			     "back to them any more"));
	assert_true(is_noted(
		lab, "its checkpoints are forgotten (\"monday\"): the next backup is a whole one"));
	/* One that runs keeps them as well as one that is off. */
	lab_put(lab, "libvirt/domains/web.live.xml", lab_get(lab, "libvirt/domains/web.saved.xml"));
	remove(lab_path(lab, "libvirt/domains/web.saved.xml"));
	lab_put(lab, "libvirt/domains.json",
		"{\"web\": {\"state\": \"running\", \"snapshots\": [\"before\"]}}");
	assert_non_null(strstr(plan_of(lab, "guests.web"), " with=\"snapshots\"\n"));
	assert_int_equal(plan_find(&lab->plan, "guests.web")->class, CLASS_DESTROYS_DATA);
}

/* libvirt starts it with the definition of then. */
static void a_guest_goes_on_from_saved_memory_as_it_was(void **state)
{
	static const char waits[] = "  wait guest-stop: its memory was saved: its next start goes "
				    "on from there, as it was then\n";
	struct lab *lab = *state;

	machine(lab);
	settle(lab, SITE);
	save(lab);
	lab_describe(lab, SITE "    state: running\n");
	assert_non_null(strstr(plan_of(lab, "guests.web"), "  domain_start domain=\"web\"\n"));
	assert_true(is_noted(lab, "its memory was saved: it goes on from there"));
	assert_int_equal(lab->plan.class, CLASS_LIVE);
	/* It is changed, and nobody starts it. */
	lab_describe(lab, SITE "    firmware: uefi\n");
	assert_non_null(strstr(plan_of(lab, "guests.web"), waits));
	lab_perform(lab);
	assert_string_equal(plan_of(lab, "guests.web"),
			    arena_printf(lab->arena, "guests.web: change\n%s", waits));
	/* It is to be started: what needs a restart then is announced before. */
	lab_describe(lab, SITE "    firmware: uefi\n    state: running\n    on_change: restart\n");
	assert_true(is_noted(lab,
			     "its memory was saved: it goes on from there, as it was then; what "
			     "is to be otherwise follows while it runs, or waits"));
	assert_int_equal(plan_find(&lab->plan, "guests.web")->class, CLASS_GUEST_RESTART);
	lab_perform(lab);
	assert_non_null(strstr(plan_of(lab, "guests.web"), "  domain_stop domain=\"web\""));
	lab_perform(lab);
	assert_string_equal(plan_of(lab, "guests.web"), "");
}

/* What it goes on from knows a file system on that volume. */
static void a_volume_stays_while_memory_is_saved_that_knows_it(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	settle(lab, SITE);
	save(lab);
	lab_describe(lab, "links: {br0: {type: bridge}}\n"
			  "images: {deb: {url: \"file:///deb.qcow2\"}}\n"
			  "guests:\n"
			  "  web:\n"
			  "    memory: 512MiB\n"
			  "    vcpus: 2\n"
			  "    nics: {lan: {link: br0}}\n"
			  "    cloud_init: {ssh_keys: [\"ssh-ed25519 AAAA ada\"]}\n");
	assert_non_null(
		strstr(plan_of(lab, "volumes.web-root"),
		       "  wait guest-stop: guests.web, as its memory was saved, runs with it; "
		       "then it needs permission for class destroys-data\n"));
	/* It was thrown away (virsh managedsave-remove). */
	remove(lab_path(lab, "libvirt/domains/web.saved.xml"));
	assert_non_null(strstr(plan_of(lab, "volumes.web-root"), "  volume_remove "));
}

/* A disk taken out while the guest runs with it: its volume waits. */
/* Its own volume is named nowhere; it goes after the guest all the same, and never without. */
static void a_guest_s_own_volume_goes_after_it(void **state)
{
	struct lab *lab = *state;
	bool after = false;

	machine(lab);
	settle(lab, SITE);
	lab_describe(lab, "");
	lab_plan(lab);
	const struct plan_item *volume = plan_find(&lab->plan, "volumes.web-root");
	assert_non_null(volume);
	EACH(before, &volume->after)
		after |= strcmp((*before)->path, "guests.web") == 0;
	assert_true(after);
}

static void a_volume_in_use_waits_for_its_guest(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	settle(lab, SITE);
	lab_describe(lab, "links: {br0: {type: bridge}}\n"
			  "images: {deb: {url: \"file:///deb.qcow2\"}}\n"
			  "guests: {web: {memory: 512MiB, vcpus: 2, nics: {lan: {link: br0}}, "
			  "cloud_init: {ssh_keys: [\"ssh-ed25519 AAAA ada\"]}}}\n");
	assert_string_equal(plan_of(lab, "volumes.web-root"),
			    "volumes.web-root: remove\n"
			    "  wait guest-stop: guests.web runs with it; then it needs permission "
			    "for class destroys-data\n");
	assert_non_null(strstr(plan_of(lab, "guests.web"),
			       "device_detach domain=\"web\" alias=\"ua-disk-root\""));
}

static void state_is_left_alone_unless_said(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	settle(lab, SITE);
	remove(lab_path(lab, "libvirt/domains/web.live.xml"));
	assert_string_equal(plan_of(lab, "guests.web"), "");
	lab_describe(lab, SITE "    state: running\n");
	assert_string_equal(plan_of(lab, "guests.web"), "guests.web: change\n"
							"  domain_start domain=\"web\"\n");
	lab_perform(lab);
	lab_describe(lab, SITE "    state: stopped\n    on_stop_timeout: destroy\n"
			       "    stop_timeout: 5s\n");
	assert_string_equal(plan_of(lab, "guests.web"),
			    "guests.web: change\n"
			    "  domain_stop domain=\"web\" mode=\"destroy\" deadline=\"5\"\n");
	lab_perform(lab);
	assert_string_equal(plan_of(lab, "guests.web"), "");
	/* a new guest that is to be off is not started */
	lab_describe(lab, SITE "    state: stopped\n  other: {state: stopped}\n");
	assert_null(strstr(plan_of(lab, "guests.other"), "domain_start"));
}

static void foreign_guests_are_left_alone(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_put(lab, "libvirt/domains/web.xml",
		"<domain type='kvm'><name>web</name><uuid>11111111-1111-1111-1111-111111111111"
		"</uuid><memory>1048576</memory></domain>");
	lab_describe(lab, "guests: {web: {memory: 1MiB}}\n");
	assert_string_equal(lab_plan(lab),
			    "2:10: guests.web is there and was not made by gasthof\n");
	lab_describe(lab, "guests: {db: {memory: 2MiB}}\n");
	assert_null(strstr(lab_plan(lab), "web"));
}

#define FULL(column, need)                                                                         \
	"2:" column ": the guests that are to run need " need " with what QEMU itself takes, and " \
	"3840MiB are there for them: of 4GiB the host keeps 256MiB\n"

/* C7, PIT27 */
static void a_guest_larger_than_the_machine_is_noted(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_put(lab, "fs/sys/devices/system/cpu/online", "0-1\n");
	lab_describe(lab, "guests: {a: {vcpus: 4, memory: 1MiB}, b: {vcpus: 2, memory: 1MiB}}\n");
	lab_plan(lab);
	const struct plan_item *larger = plan_find(&lab->plan, "guests.a");
	assert_int_equal(larger->steps.notes.count, 1);
	assert_string_equal(larger->steps.notes.at[0],
			    "4 vCPUs are more than this machine's 2 processors: a guest is faster "
			    "with fewer");
	assert_int_equal(plan_find(&lab->plan, "guests.b")->steps.notes.count, 0);
}

static void the_machine_has_to_carry_it(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_describe(lab, "guests: {a: {memory: 2GiB}, b: {memory: 2GiB}}\n"); /* PIT31 */
	assert_string_equal(lab_plan(lab), FULL("22", "4248MiB") FULL("41", "4248MiB"));
	lab_describe(lab, "guests: {a: {memory: 2GiB}, b: {memory: 2GiB, state: stopped}}\n");
	assert_int_equal(lab->faults.count, 0);
	assert_non_null(strstr(lab_plan(lab), "domain_start domain=\"a\""));
	/* somebody else's guest runs too */
	lab_put(lab, "libvirt/domains/x.live.xml",
		"<domain type='kvm'><name>x</name><uuid>11111111-1111-1111-1111-111111111111"
		"</uuid><memory>3145728</memory></domain>");
	lab_describe(lab, "guests: {a: {memory: 2GiB}}\n");
	assert_string_equal(lab_plan(lab), FULL("22", "5274MiB"));
	/* PIT2 */
	lab_put(lab, "files.json", "{\"/dev/null\": {\"kind\": \"device\"}}");
	lab_put(lab, "fs/proc/cpuinfo", "processor : 0\nflags : fpu\n");
	lab_describe(lab, "guests: {a: {memory: 1MiB}}\n");
	assert_non_null(strstr(lab_plan(lab), "2:10: this machine lacks kvm (KVM): no /dev/kvm\n"));
	lab_describe(lab, "guests: {a: {memory: 1MiB, virtualization: emulated}}\n");
	assert_non_null(strstr(lab_plan(lab), "domain_start domain=\"a\""));
}

static void counted_guests_have_disks_and_addresses_of_their_own(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	assert_string_equal(
		lab_describe(lab, "links: {br0: {type: bridge}}\n"
				  "guests: {web: {count: 2, memory: 64MiB, "
				  "disks: {root: {size: 1MiB}}, nics: {lan: {link: br0}}}}\n"),
		"");
	const char *plan = lab_plan(lab);
	assert_non_null(strstr(plan, "volumes.web-1-root: create"));
	assert_non_null(strstr(plan, "volumes.web-2-root: create"));
	assert_non_null(strstr(plan, "guests.web-2: create"));
}

static void could_not_look_is_not_absent(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_put(lab, "failing", "domains\n");
	lab_describe(lab, "guests: {a: {memory: 1MiB}}\n");
	assert_string_equal(lab_plan(lab), "cannot look at domains: it fails in this capture\n");
}

static void it_is_rendered_without_a_machine(void **state)
{
	struct lab *lab = *state;
	struct text text = text_of(lab->arena);

	lab_describe(lab, "guests: {a: {memory: 1GiB, libvirt_xml: \"<devices><sound "
			  "model='ich9'/></devices>\"}}\n");
	const struct item *item = desired_find(&lab->desired, "guests", "a");
	const struct view view = { &lab->desired, NULL };
	assert_int_equal(item->kind->render(item, &view, &text, &lab->faults), 0);
	assert_non_null(strstr(text.at, "<sound model=\"ich9\"/>"));
	assert_non_null(strstr(text.at, "<memory unit=\"KiB\">1048576</memory>"));
}

static const struct {
	const char *yaml, *faults;
} bad[] = {
	{ "guests: {a: {disks: {r: {size: 1MiB, path: /a}}}}\n",
	  "2:22: a disk is one of image and size, volume, or path\n" },
	{ "guests: {a: {disks: {r: {cache: none}}}}\n",
	  "2:22: a disk needs something behind it\n" },
	{ "guests: {a: {disks: {r.x: {path: /a}}}}\n",
	  "2:22: the name of a device cannot hold a dot\n" },
	/* PIT54 */
	{ "guests: {a: {disks: {r: {path: /a, io: native}}}}\n",
	  "2:40: native I/O needs the cache to be none or directsync\n" },
	{ "guests: {a: {disks: {r: {path: /a}}}, b: {disks: {r: {path: /a}}}}\n",
	  "2:51: guests.a has this disk too, and both may run\n" },
	{ "guests: {a: {disks: {r: {path: /a}}}, b: {state: stopped, disks: {r: {path: /a}}}}\n",
	  "" },
	{ "guests: {a: {disks: {r: {volume: v}}}}\n",
	  "2:34: there is nothing called \"v\" in volumes\n" },
	{ "volumes: {v: {size: 1MiB, format: raw}}\n"
	  "guests: {a: {disks: {r: {volume: v, format: qcow2}}}}\n",
	  "3:45: volumes.v is raw\n" },
	/* PIT73 */
	{ "links: {br0: {type: bridge}}\n"
	  "guests:\n"
	  "  a: {nics: {n: {link: br0, mac: \"52:54:00:00:00:01\"}}}\n"
	  "  b: {nics: {n: {link: br0, mac: \"52:54:00:00:00:01\"}}}\n",
	  "5:34: guests.a has the MAC 52:54:00:00:00:01 already\n" },
	{ "guests: {a: {nics: {n: {model: virtio}}}}\n",
	  "2:21: a NIC needs something to be plugged into\n" },
	{ "links: {br0: {type: bridge}}\n"
	  "guests: {a: {nics: {n: {link: br0, address: 10.0.0.1}}}}\n",
	  "3:45: only a network's DHCP server can give an address\n" },
	/* PIT25, PIT45 */
	{ "guests: {a: {vcpus: {count: 4, max: 2}}}\n",
	  "2:37: at most 2 vCPUs are fewer than the 4 it starts with\n" },
	{ "guests: {a: {memory: {size: 2GiB, max: 1GiB}}}\n",
	  "2:40: its most memory is less than what it starts with\n" },
	{ "guests: {a: {vcpus: 300}}\n",
	  "2:21: more than 255 vCPUs need an IOMMU with extended interrupts\n" },
	{ "guests: {a: {cloud_init: {user_data: \"#!/bin/sh\", packages: [nginx]}}}\n",
	  "2:38: user_data takes the place of user, ssh_keys and packages\n" },
	/* PIT26, PIT46, PIT50, PIT64 */
	{ "guests: {a: {vcpus: 4, cpu: {topology: {sockets: 1, cores: 3}}}}\n",
	  "2:30: its sockets, cores and threads make 3 vCPUs, and the guest has 4\n" },
	{ "guests: {a: {vcpus: {count: 2, pin: {2: 1}}}}\n", "2:38: the guest has no vCPU 2\n" },
	{ "guests: {a: {memory: {size: 1GiB, max: 2GiB}, balloon: {model: none}}}\n",
	  "2:40: without a balloon it cannot be given less\n" },
	{ "guests: {a: {shares: {s: {driver: virtiofs, path: /srv, tag: s}}}}\n",
	  "2:35: virtiofs needs memory that is shared\n" },
	{ "guests: {a: {iothreads: 1, disks: {d: {path: /a, iothread: 2}}}}\n",
	  "2:60: the guest has 1 I/O threads\n" },
	{ "guests: {a: {disks: {d: {path: /a, target: vda}, e: {path: /b, target: vda}}}}\n",
	  "2:72: disks.d is vda already\n" },
	{ "guests: {a: {disks: {d: {path: /a, encryption: {format: qcow}}}}}\n",
	  "2:57: QEMU starts no guest with qcow's encryption any more: use luks\n" },
	{ "guests: {a: {libvirt_xml: \"<devices>\"}}\n", NULL },
	{ "guests: {a: {uuid: x}}\n", "2:20: \"x\" is no UUID\n" },
	{ "guests: {a: {name: x/y}}\n", "2:20: \"x/y\" is no name for libvirt\n" },
	{ "guests: {a: {name: x}, b: {name: x}}\n", "2:34: guests.a has this name already\n" },
	{ "guests: {a: {secure_boot: true}}\n", "2:27: Secure Boot is part of UEFI\n" },
	{ "guests: {a: {firmware: uefi, machine: pc, secure_boot: true}}\n",
	  "2:56: board \"pc\" has no Secure Boot\n" },
	{ "guests: {a: {firmware: uefi, features: {smm: false}, secure_boot: true}}\n",
	  "2:67: there is no Secure Boot without SMM\n" },
	{ "guests: {\"we\\nb\": {}}\n", NULL },
	{ "guests: {\"we'b\": {}}\n", NULL },
	{ "guests: {\"../web\": {}}\n", NULL },
};

static void mistakes_are_told_at_their_place(void **state)
{
	struct lab *lab = *state;

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		const char *faults = lab_describe(lab, bad[i].yaml);
		if (bad[i].faults && strcmp(faults, bad[i].faults) != 0)
			fail_msg("%s%s", bad[i].yaml, faults);
		if (!bad[i].faults)
			assert_true(string_starts(faults, "2:"));
	}
}

#define LAB_TEST(test) cmocka_unit_test_setup_teardown(test, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(a_guest_is_made_and_then_nothing_is_left),
		LAB_TEST(a_first_start_is_tried_until_it_succeeds),
		LAB_TEST(what_waits_says_so_and_restarts_only_when_asked),
		LAB_TEST(what_can_be_done_live_is),
		LAB_TEST(a_device_is_changed_by_what_can_change),
		LAB_TEST(a_device_behind_one_word_comes_and_goes),
		LAB_TEST(what_the_running_guest_did_not_take_waits),
		LAB_TEST(a_seed_that_cannot_be_read_stops_its_guest_alone),
		LAB_TEST(a_turn_is_taken_from_libvirts_autostart),
		LAB_TEST(a_change_of_the_seed_restarts_nothing),
		LAB_TEST(a_guest_that_goes_keeps_its_data_without_permission),
		LAB_TEST(what_libvirt_keeps_of_a_guest_goes_with_permission),
		LAB_TEST(a_guest_goes_on_from_saved_memory_as_it_was),
		LAB_TEST(a_volume_stays_while_memory_is_saved_that_knows_it),
		LAB_TEST(a_guest_s_own_volume_goes_after_it),
		LAB_TEST(a_volume_in_use_waits_for_its_guest),
		LAB_TEST(state_is_left_alone_unless_said),
		LAB_TEST(foreign_guests_are_left_alone),
		LAB_TEST(a_guest_larger_than_the_machine_is_noted),
		LAB_TEST(the_machine_has_to_carry_it),
		LAB_TEST(counted_guests_have_disks_and_addresses_of_their_own),
		LAB_TEST(could_not_look_is_not_absent),
		LAB_TEST(it_is_rendered_without_a_machine),
		LAB_TEST(mistakes_are_told_at_their_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
