/* libvirt's domains, networks and pools.  With an argument, that libvirt ("qemu:///system" in the
 * container); else libvirt's own test driver, in this process. */
#include "live_help.h"

#include "formats/refusal.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

static const char *uri = "test:///default";

static int setup(void **state)
{
	return live_virt_setup(state, uri);
}
#define VIRT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, live_teardown)

static bool real(void)
{
	return string_starts(uri, "qemu");
}

static const char *domain_xml(struct live_test *test, const char *memory, const char *devices)
{
	return arena_printf(
		test->arena,
		"<domain type='%s'><name>live-web</name>"
		"<uuid>11111111-2222-3333-4444-555555555555</uuid>"
		"<metadata><gasthof:item xmlns:gasthof='urn:gasthof:1' name='web'/></metadata>"
		"<memory unit='MiB'>%s</memory><vcpu current='1'>2</vcpu>"
		"<os><type arch='%s'%s>hvm</type></os><devices>%s</devices></domain>",
		real() ? "qemu" : "test", memory, real() ? "x86_64" : "i686",
		real() ? " machine='q35'" : "", devices);
}

static const struct host_domain *domain_of(struct live_test *test)
{
	struct host_domains domains = {};

	host_forget(test->host);
	assert_int_equal(host_domains(test->host, &domains, &test->faults), 1);
	for (size_t i = 0; i < domains.list.count; i++)
		if (string_equal(domains.list.at[i].name, "live-web"))
			return &domains.list.at[i];
	return NULL;
}

static void no_domain(struct live_test *test)
{
	struct step stop = live_step(VERB_domain_stop, NULL, "live-web", "destroy", "0");
	struct step undefine = live_step(VERB_domain_undefine, NULL, "live-web", NULL);

	live_do(test, &stop);
	live_do(test, &undefine);
	assert_null(domain_of(test));
}

static void define(struct live_test *test)
{
	struct step step = live_step(VERB_domain_define, domain_xml(test, "64", ""), "live-web");

	assert_int_equal(live_do(test, &step), RESULT_DONE);
}

/* ---- domains ---- */

static void a_domain_is_defined_changed_and_undefined(void **state)
{
	struct live_test *test = *state;
	struct step first = live_step(VERB_domain_define, domain_xml(test, "64", ""), "live-web");
	struct step second = live_step(VERB_domain_define, domain_xml(test, "96", ""), "live-web");
	struct step undefine = live_step(VERB_domain_undefine, NULL, "live-web", NULL);

	assert_int_equal(live_inverse(test, &first).verb, VERB_domain_undefine);
	assert_int_equal(live_do(test, &undefine), RESULT_SAME);
	assert_int_equal(live_do(test, &first), RESULT_DONE);
	assert_int_equal(live_do(test, &first), RESULT_SAME);
	const struct host_domain *domain = domain_of(test);
	assert_non_null(domain);
	assert_string_equal(domain->uuid, "11111111-2222-3333-4444-555555555555");
	assert_string_equal(domain->state, "shutoff");
	assert_null(domain->live_xml);
	assert_non_null(strstr(domain->inactive_xml, "urn:gasthof:1"));
	const char *before = domain->inactive_xml;
	struct step back = live_inverse(test, &second);
	assert_int_equal(live_do(test, &second), RESULT_DONE);
	assert_string_not_equal(domain_of(test)->inactive_xml, before);
	assert_int_equal(live_do(test, &back), RESULT_DONE);
	assert_string_equal(domain_of(test)->inactive_xml, before);
	live_law(test, &undefine);
	assert_string_equal(domain_of(test)->inactive_xml, before);
	no_domain(test);
}

static const char *password_of(struct live_test *test)
{
	virConnectPtr connection = live_of(test->host)->virt.connection;
	VIRT_DOMAIN virDomainPtr domain = virDomainLookupByName(connection, "live-web");
	VIRT_STRING char *xml =
		virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE);
	const char *at = xml ? strstr(xml, "passwd='") : NULL;

	return at ? arena_strndup(test->arena, at, strcspn(at + 8, "'") + 8) : "";
}

/* What is seen of a guest hides its password, and redefining it keeps it; the journal never gets
 * it, and what is put back without it lets nobody in. */
static void a_domain_keeps_its_password_and_the_journal_does_not(void **state)
{
	struct live_test *test = *state;
	const char *vnc = "<graphics type='vnc' port='-1' passwd='geheim'/>";
	struct step first = live_step(VERB_domain_define, domain_xml(test, "64", vnc), "live-web");
	struct step undefine = live_step(VERB_domain_undefine, NULL, "live-web", NULL);

	assert_int_equal(live_do(test, &first), RESULT_DONE);
	const char *hidden = domain_of(test)->inactive_xml;
	assert_null(strstr(hidden, "geheim"));
	char *larger = arena_strdup(test->arena, hidden);
	memcpy(strstr(larger, ">65536<"), ">98304<", 7);
	struct step second = live_step(VERB_domain_define, larger, "live-web");
	struct step back = live_inverse(test, &second);
	assert_null(strstr(back.body, "geheim"));
	assert_int_equal(live_do(test, &second), RESULT_DONE);
	assert_int_equal(live_do(test, &second), RESULT_SAME);
	assert_string_equal(password_of(test), "passwd='geheim");
	assert_int_equal(live_do(test, &back), RESULT_DONE);
	assert_string_equal(password_of(test), "passwd='geheim");
	struct step again = live_inverse(test, &undefine);
	assert_null(strstr(again.body, "geheim"));
	assert_int_equal(live_do(test, &undefine), RESULT_DONE);
	assert_int_equal(live_do(test, &again), RESULT_DONE);
	assert_string_equal(password_of(test), "passwd='");
	no_domain(test);
}

static void a_domain_that_does_not_read_is_a_fault(void **state)
{
	struct live_test *test = *state;
	struct step step = live_step(VERB_domain_define, "<domain type='test'/>", "live-web");
	struct step start = live_step(VERB_domain_start, NULL, "live-web");

	assert_non_null(strstr(live_try(test, &step), "cannot define domain \"live-web\": "));
	assert_non_null(strstr(live_try(test, &start), "there is no domain \"live-web\""));
}

static void a_domain_is_started_and_stopped(void **state)
{
	struct live_test *test = *state;
	struct step start = live_step(VERB_domain_start, NULL, "live-web");
	struct step stop = live_step(VERB_domain_stop, NULL, "live-web", "destroy", "0");

	define(test);
	assert_int_equal(live_do(test, &stop), RESULT_SAME);
	struct step back = live_inverse(test, &start);
	assert_int_equal(back.verb, VERB_domain_stop);
	live_law(test, &start);
	assert_int_equal(live_do(test, &start), RESULT_DONE);
	const struct host_domain *domain = domain_of(test);
	assert_string_equal(domain->state, "running");
	assert_non_null(domain->live_xml);
	assert_non_null(domain->inactive_xml);
	assert_int_equal(live_inverse(test, &stop).verb, VERB_domain_start);
	assert_int_equal(live_do(test, &stop), RESULT_DONE);
	assert_string_equal(domain_of(test)->state, "shutoff");
	no_domain(test);
}

/* Nobody in the guest listens: QEMU's stays, the test driver's goes at once. */
static void a_domain_that_does_not_listen_is_waited_for(void **state)
{
	struct live_test *test = *state;
	struct step start = live_step(VERB_domain_start, NULL, "live-web");
	struct step ask = live_step(VERB_domain_stop, NULL, "live-web", "shutdown", "1");
	struct step insist = live_step(VERB_domain_stop, NULL, "live-web", "destroy", "1");

	define(test);
	assert_int_equal(live_do(test, &start), RESULT_DONE);
	assert_int_equal(live_do(test, &ask), real() ? RESULT_PENDING : RESULT_DONE);
	assert_int_equal(live_do(test, &insist), real() ? RESULT_DONE : RESULT_SAME);
	assert_string_equal(domain_of(test)->state, "shutoff");
	struct step wrong = live_step(VERB_domain_stop, NULL, "live-web", "kindly", "1");
	assert_non_null(strstr(live_try(test, &wrong), "neither shutdown nor destroy"));
	no_domain(test);
}

static void a_domain_autostarts_as_it_is_told(void **state)
{
	struct live_test *test = *state;
	struct step step = live_step(VERB_domain_autostart, NULL, "live-web", "true");

	assert_int_equal(live_inverse(test, &step).verb, VERB_nothing);
	define(test);
	live_law(test, &step);
	assert_int_equal(live_do(test, &step), RESULT_DONE);
	assert_true(domain_of(test)->autostart);
	no_domain(test);
}

static void a_device_comes_and_goes(void **state)
{
	struct live_test *test = *state;
	const char *disk = live_path(test, "disk.img");
	const char *xml =
		arena_printf(test->arena,
			     "<disk type='file' device='disk'><driver name='qemu' type='raw'/>"
			     "<source file='%s'/><target dev='sdb' bus='scsi'/>"
			     "<alias name='ua-disk-data'/></disk>",
			     disk);
	struct step attach =
		live_step(VERB_device_attach, xml, "live-web", "ua-disk-data", "config");
	struct step detach =
		live_step(VERB_device_detach, NULL, "live-web", "ua-disk-data", "config");

	if (!real()) {
		print_message("skipped: the test driver does not configure devices\n");
		skip();
	}
	live_put(disk, "", 0);
	define(test);
	live_law(test, &attach);
	assert_null(strstr(domain_of(test)->inactive_xml, "ua-disk-data"));
	assert_int_equal(live_do(test, &attach), RESULT_DONE);
	assert_non_null(strstr(domain_of(test)->inactive_xml, "ua-disk-data"));
	live_law(test, &detach);
	assert_non_null(strstr(domain_of(test)->inactive_xml, "ua-disk-data"));
	no_domain(test);
}

static const char *refusal_of(struct live_test *test)
{
	return live_get(test, refusal_path(test->arena, "11111111-2222-3333-4444-555555555555"),
			NULL);
}

/* What the agent heard of it meanwhile: first no, then yes after all. */
static void answers_later(struct live_test *test)
{
	const char *life =
		arena_strndup(test->arena, refusal_of(test), strcspn(refusal_of(test), "\n"));
	const char *news = "change\n%s 11111111-2222-3333-4444-555555555555 %s ua-disk-data\n";

	refusals_news(test->arena, arena_printf(test->arena, news, "kept", life));
	assert_non_null(strstr(refusal_of(test), "\tkept\tua-disk-data\tthe guest does not let "));
	refusals_news(test->arena, arena_printf(test->arena, news, "gone", "999999"));
	assert_non_null(strstr(refusal_of(test), "ua-disk-data"));
	refusals_news(test->arena, arena_printf(test->arena, news, "gone", life));
	assert_null(strstr(refusal_of(test), "ua-disk-data"));
}

/* A guest without an operating system never lets go: the request is accepted, and that is all. */
static void a_running_guest_has_to_let_go_of_a_device(void **state)
{
	struct live_test *test = *state;
	const char *disk = live_path(test, "disk.img");
	const char *xml =
		arena_printf(test->arena,
			     "<disk type='file' device='disk'><driver name='qemu' type='raw'/>"
			     "<source file='%s'/><target dev='vdb' bus='virtio'/>"
			     "<alias name='ua-disk-data'/></disk>",
			     disk);
	struct step start = live_step(VERB_domain_start, NULL, "live-web");
	struct step attach = live_step(VERB_device_attach, xml, "live-web", "ua-disk-data", "both");
	struct step detach =
		live_step(VERB_device_detach, NULL, "live-web", "ua-disk-data", "both");
	struct step update = live_step(VERB_device_update, xml, "live-web", "ua-disk-data", "both");
	struct step stop = live_step(VERB_domain_stop, NULL, "live-web", "destroy", "0");

	if (!real()) {
		print_message("skipped: the test driver does not attach devices\n");
		skip();
	}
	live_put(disk, "12345678901234567890", 20);
	define(test);
	assert_int_equal(live_do(test, &start), RESULT_DONE);
	assert_string_equal(live_inverse(test, &attach).argument[2], "both");
	assert_int_equal(live_do(test, &attach), RESULT_DONE);
	assert_int_equal(live_do(test, &attach), RESULT_SAME);
	assert_non_null(strstr(domain_of(test)->live_xml, "ua-disk-data"));
	assert_non_null(strstr(domain_of(test)->inactive_xml, "ua-disk-data"));
	assert_int_equal(live_do(test, &update), RESULT_SAME);
	struct step back = live_inverse(test, &detach);
	assert_int_equal(back.verb, VERB_device_attach);
	assert_non_null(strstr(back.body, disk));
	assert_int_equal(live_do(test, &detach), RESULT_LATER);
	assert_null(strstr(domain_of(test)->inactive_xml, "ua-disk-data"));
	assert_non_null(strstr(domain_of(test)->live_xml, "ua-disk-data"));
	assert_non_null(strstr(refusal_of(test), "\tasked\tua-disk-data\tthe guest was asked to "));
	answers_later(test);
	/* what is off lets go at once */
	assert_int_equal(live_do(test, &stop), RESULT_DONE);
	detach.argument[2] = "live";
	attach.argument[2] = "live";
	assert_int_equal(live_do(test, &detach), RESULT_SAME);
	assert_int_equal(live_do(test, &attach), RESULT_SAME);
	no_domain(test);
}

/* Neither is a failure: what cannot be done while it runs is done at its next start. */
static void what_a_running_guest_does_not_take_is_noted(void **state)
{
	struct live_test *test = *state;
	const char *xml = "<interface type='user'><model type='virtio'/><alias "
			  "name='ua-nic-%u'/></interface>";
	struct step start = live_step(VERB_domain_start, NULL, "live-web");
	struct step sound = live_step(VERB_device_attach,
				      "<sound model='ich9'><alias name='ua-sound-0'/></sound>",
				      "live-web", "ua-sound-0", "live");
	enum result result = RESULT_DONE;

	if (!real()) {
		print_message("skipped: the test driver does not attach devices\n");
		skip();
	}
	define(test);
	assert_int_equal(live_do(test, &start), RESULT_DONE);
	assert_int_equal(live_do(test, &sound), RESULT_LATER);
	assert_non_null(strstr(refusal_of(test),
			       "\trefused\tua-sound-0\tcannot attach ua-sound-0 while it "
			       "runs: "));
	/* until no port of the machine is free */
	for (unsigned i = 0; i < 40 && result == RESULT_DONE; i++) {
		const char *alias = arena_printf(test->arena, "ua-nic-%u", i);
		char *body = arena_strdup(test->arena, arena_printf(test->arena, xml, i));
		struct step attach = live_step(VERB_device_attach, body, "live-web", alias, "live");
		result = live_do(test, &attach);
	}
	assert_int_equal(result, RESULT_LATER);
	/* a mistake of ours is one all the same */
	struct step wrong = live_step(VERB_device_attach, "<interface", "live-web", "ua-x", "live");
	assert_non_null(strstr(live_try(test, &wrong), "cannot attach \"ua-x\""));
	no_domain(test);
}

/* What a limit does not say is unlimited; what it was before comes back. */
static void a_disk_is_limited(void **state)
{
	struct live_test *test = *state;
	const char *disk = live_path(test, "disk.img");
	const char *form = "<disk type='file' device='disk'><driver name='qemu' type='raw'/>"
			   "<source file='%s'/><target dev='vdb' bus='virtio'/>%s"
			   "<alias name='ua-disk-data'/></disk>";
	const char *first = "<iotune><read_bytes_sec>1000000</read_bytes_sec></iotune>";
	const char *second = "<iotune><total_iops_sec>50</total_iops_sec></iotune>";
	struct step start = live_step(VERB_domain_start, NULL, "live-web");
	struct step attach =
		live_step(VERB_device_attach, arena_printf(test->arena, form, disk, first),
			  "live-web", "ua-disk-data", "both");
	struct step limit =
		live_step(VERB_disk_limit, arena_printf(test->arena, form, disk, second),
			  "live-web", "ua-disk-data", "live");

	if (!real()) {
		print_message("skipped: the test driver does not attach devices\n");
		skip();
	}
	live_put(disk, "12345678901234567890", 20);
	define(test);
	assert_int_equal(live_do(test, &start), RESULT_DONE);
	assert_int_equal(live_do(test, &attach), RESULT_DONE);
	live_law(test, &limit);
	assert_non_null(strstr(domain_of(test)->live_xml, "<read_bytes_sec>1000000<"));
	assert_int_equal(live_do(test, &limit), RESULT_DONE);
	const struct host_domain *domain = domain_of(test);
	assert_non_null(strstr(domain->live_xml, "<total_iops_sec>50<"));
	assert_null(strstr(domain->live_xml, "read_bytes_sec"));
	assert_non_null(strstr(domain->inactive_xml, "<read_bytes_sec>1000000<"));
	no_domain(test);
}

/* ---- networks and pools ---- */

static const char network_xml[] =
	"<network><name>live-lab</name>"
	"<uuid>22222222-2222-3333-4444-555555555555</uuid><forward mode='bridge'/>"
	"<bridge name='live0'/></network>";

static bool has(struct live_test *test, const char *name, bool pools, struct host_virt_object *ret)
{
	struct host_virt_objects objects = {};

	host_forget(test->host);
	assert_int_equal(pools ? host_pools(test->host, &objects, &test->faults)
			       : host_networks(test->host, &objects, &test->faults),
			 1);
	EACH(object, &objects.list) {
		if (!string_equal(object->name, name))
			continue;
		*ret = *object;
		return true;
	}
	return false;
}

static void a_network_lives_its_life(void **state)
{
	struct live_test *test = *state;
	struct step define_it = live_step(VERB_network_define, network_xml, "live-lab");
	struct step undefine = live_step(VERB_network_undefine, NULL, "live-lab");
	struct step start = live_step(VERB_network_start, NULL, "live-lab");
	struct step stop = live_step(VERB_network_stop, NULL, "live-lab");
	struct step restart = live_step(VERB_network_restart, NULL, "live-lab");
	struct step autostart = live_step(VERB_network_autostart, NULL, "live-lab", "true");
	struct host_virt_object network = {};

	assert_non_null(strstr(live_try(test, &start), "there is no network"));
	assert_int_equal(live_inverse(test, &define_it).verb, VERB_network_undefine);
	assert_int_equal(live_do(test, &define_it), RESULT_DONE);
	assert_int_equal(live_do(test, &define_it), RESULT_SAME);
	assert_true(has(test, "live-lab", false, &network));
	assert_false(network.active);
	assert_true(network.persistent);
	live_law(test, &start);
	live_law(test, &autostart);
	assert_int_equal(live_do(test, &start), RESULT_DONE);
	live_law(test, &stop);
	assert_true(has(test, "live-lab", false, &network));
	assert_true(network.active);
	assert_non_null(strstr(network.xml, "live0"));
	assert_int_equal(live_inverse(test, &restart).verb, VERB_network_restart);
	assert_int_equal(live_do(test, &restart), RESULT_DONE);
	assert_true(has(test, "live-lab", false, &network));
	assert_true(network.active);
	assert_int_equal(live_do(test, &stop), RESULT_DONE);
	assert_int_equal(live_do(test, &restart), RESULT_SAME); /* only where it is active */
	live_law(test, &undefine);
	assert_int_equal(live_do(test, &undefine), RESULT_DONE);
	assert_false(has(test, "live-lab", false, &network));
}

static void a_pool_lives_its_life(void **state)
{
	struct live_test *test = *state;
	const char *folder = live_path(test, "pool");
	const char *xml =
		arena_printf(test->arena,
			     "<pool "
			     "type='dir'><name>live-pool</"
			     "name><uuid>33333333-2222-3333-4444-555555555555</uuid><target>"
			     "<path>%s</path></target></pool>",
			     folder);
	struct step define_it = live_step(VERB_pool_define, xml, "live-pool");
	struct step undefine = live_step(VERB_pool_undefine, NULL, "live-pool");
	struct step start = live_step(VERB_pool_start, NULL, "live-pool");
	struct step stop = live_step(VERB_pool_stop, NULL, "live-pool");
	struct step restart = live_step(VERB_pool_restart, NULL, "live-pool");
	struct step refresh = live_step(VERB_pool_refresh, NULL, "live-pool");
	struct step autostart = live_step(VERB_pool_autostart, NULL, "live-pool", "true");
	struct host_virt_object pool = {};

	assert_int_equal(mkdir(folder, 0755), 0);
	assert_int_equal(live_do(test, &define_it), RESULT_DONE);
	live_law(test, &start);
	live_law(test, &autostart);
	assert_int_equal(live_do(test, &start), RESULT_DONE);
	assert_int_equal(live_do(test, &refresh), RESULT_DONE);
	assert_true(has(test, "live-pool", true, &pool));
	assert_true(pool.active);
	assert_int_equal(strlen(pool.uuid), 36);
	assert_int_equal(live_do(test, &restart), RESULT_DONE);
	live_law(test, &stop);
	assert_int_equal(live_do(test, &stop), RESULT_DONE);
	live_law(test, &undefine);
	assert_int_equal(live_do(test, &undefine), RESULT_DONE);
	assert_false(has(test, "live-pool", true, &pool));
}

static void libvirt_says_what_it_can(void **state)
{
	struct live_test *test = *state;
	const char *xml = NULL;

	assert_int_equal(host_capabilities(test->host, &xml, &test->faults), 1);
	assert_non_null(strstr(xml, "<capabilities>"));
}

/* "Could not look" is never "is not there". */
/* It answers nothing any more, as when it hangs: the call that waits for it fails, and does not
 * wait for ever. */
static void a_libvirt_that_hangs_is_a_fault(void **state)
{
	struct live_test *test = *state;
	struct virt *virt = &live_of(test->host)->virt;
	struct host_domains domains = {};

	if (!real()) {
		print_message("skipped: the test driver cannot hang\n");
		skip();
	}
	pid_t pid = (pid_t)strtol(live_get(test, "/run/libvirtd.pid", NULL), NULL, 10);
	assert_true(pid > 1);
	virt_close(virt);
	virt->alive_seconds = 2; /* a busy libvirtd is alive, too */
	assert_non_null(virt_connect(virt, &test->faults));
	host_forget(test->host);
	assert_int_equal(kill(pid, SIGSTOP), 0);
	int looked = host_domains(test->host, &domains, &test->faults);
	assert_int_equal(kill(pid, SIGCONT), 0);
	assert_int_equal(looked, -1);
	assert_non_null(strstr(test->faults.first->message, "does not answer"));
	faults_init(&test->faults, test->arena);
	/* A new connection is not waited for any longer. */
	virt->hangs = false;
	assert_int_equal(kill(pid, SIGSTOP), 0);
	virConnectPtr connection = virt_connect(virt, &test->faults);
	assert_int_equal(kill(pid, SIGCONT), 0);
	assert_null(connection);
	assert_non_null(strstr(test->faults.first->message, "does not answer"));
	faults_init(&test->faults, test->arena);
	virt->hangs = false;
	assert_int_equal(host_domains(test->host, &domains, &test->faults), 1);
}

static void a_libvirt_that_is_not_there_is_a_fault(void **state)
{
	struct live_test *test = *state;
	struct host_domains domains = {};
	struct host_virt_objects pools = {};
	struct step step = live_step(VERB_domain_undefine, NULL, "live-web", NULL);

	virt_close(&live_of(test->host)->virt);
	virt_close(&((struct write *)test->performer)->virt);
	live_of(test->host)->virt.uri = "qemu+unix:///system?socket=/no/such/socket";
	((struct write *)test->performer)->virt.uri = "qemu+unix:///system?socket=/no/such/socket";
	assert_int_equal(host_domains(test->host, &domains, &test->faults), -1);
	assert_int_equal(host_pools(test->host, &pools, &test->faults), -1);
	assert_non_null(strstr(live_try(test, &step), "cannot reach libvirt"));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		VIRT_TEST(a_domain_is_defined_changed_and_undefined),
		VIRT_TEST(a_domain_keeps_its_password_and_the_journal_does_not),
		VIRT_TEST(a_domain_that_does_not_read_is_a_fault),
		VIRT_TEST(a_domain_is_started_and_stopped),
		VIRT_TEST(a_domain_that_does_not_listen_is_waited_for),
		VIRT_TEST(a_domain_autostarts_as_it_is_told),
		VIRT_TEST(a_device_comes_and_goes),
		VIRT_TEST(a_running_guest_has_to_let_go_of_a_device),
		VIRT_TEST(what_a_running_guest_does_not_take_is_noted),
		VIRT_TEST(a_disk_is_limited),
		VIRT_TEST(a_network_lives_its_life),
		VIRT_TEST(a_pool_lives_its_life),
		VIRT_TEST(libvirt_says_what_it_can),
		VIRT_TEST(a_libvirt_that_hangs_is_a_fault),
		VIRT_TEST(a_libvirt_that_is_not_there_is_a_fault),
	};

	if (argc > 1)
		uri = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
