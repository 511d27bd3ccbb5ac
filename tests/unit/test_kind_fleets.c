/* kind fleets, and guests with the processor of one: C9, C10, C11. */
#include "kinds_help.h"

#include "formats/cpu_model.h"

/* Two made-up models: "Old" has a and b, "New" has a, b and c. */
#define OLD "<cpu><model>Old</model><vendor>Intel</vendor></cpu>"
#define NEW \
	"<cpu><model>New</model><vendor>Intel</vendor><feature policy='require' name='d'/></cpu>"
#define OLD_LESS                                                                  \
	"<cpu><model>Old</model><vendor>Intel</vendor><feature policy='disable' " \
	"name='b'/></cpu>"
#define FLEET(alpha, beta)                    \
	"fleets:\n"                           \
	"  lab:\n"                            \
	"    hosts:\n"                        \
	"      alpha: |\n        " alpha "\n" \
	"      beta: |\n        " beta "\n"
#define GUEST(cpu) "guests: {web: {memory: 64MiB, cpu: {" cpu "}, state: stopped}}\n"

static void assert_holds(const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		fail_msg("\"%s\" is not in\n%s", part, text ? text : "nothing");
}

static void assert_lacks(const char *text, const char *part)
{
	if (text && strstr(text, part))
		fail_msg("\"%s\" is in\n%s", part, text);
}

/* ---- a machine whose libvirt knows two models ---- */

static const char *canonical(struct lab *lab, const char *xml, bool host)
{
	struct cpu_model cpu;

	assert_int_equal(cpu_model_read(lab->arena, xml, &cpu, &lab->faults), 0);
	cpu.host = host;
	return cpu_model_text(lab->arena, &cpu);
}

static struct node *answers(struct lab *lab)
{
	const char *old = lab_get(lab, "libvirt/cpus.json");
	struct node *list = NULL;

	if (!old)
		return node_list(lab->arena);
	assert_int_equal(json_read(lab->arena, old, strlen(old), &list, &lab->faults), 0);
	return list;
}

/* `b` NULL: asked of `a` alone. */
static void knows(struct lab *lab, const char *ask, const char *a, const char *b, const char *key,
		  const char *answer)
{
	bool host = strcmp(ask, "whole") == 0;
	struct node *list = answers(lab);
	struct node *entry = node_append(list, node_map(lab->arena));
	struct text text = text_of(lab->arena);

	node_put(lab->arena, entry, "ask", node_quoted(lab->arena, ask));
	struct node *of = node_put(lab->arena, entry, "of", node_list(lab->arena));
	node_append(of, node_quoted(lab->arena, canonical(lab, a, host)));
	if (b)
		node_append(of, node_quoted(lab->arena, canonical(lab, b, host)));
	node_put(lab->arena, entry, key, node_quoted(lab->arena, answer));
	json_write(&text, list, true);
	lab_put(lab, "libvirt/cpus.json", text.at);
}

#define HAS(name) "<feature policy='require' name='" name "'/>"

/* This host offers `own`. */
static void machine(struct lab *lab, const char *own)
{
	lab_put(lab, "files.json",
		"{\"/dev/kvm\": {\"kind\": \"device\", \"device\": \"10:232\"}}");
	lab_put(lab, "fs/proc/meminfo", "MemTotal:        4194304 kB\n");
	knows(lab, "whole", OLD, NULL, "answer",
	      "<cpu><model>Old</model>" HAS("a") HAS("b") "</cpu>");
	knows(lab, "whole", OLD_LESS, NULL, "answer",
	      "<cpu><model>Old</model>" HAS("a") HAS("b") "</cpu>");
	knows(lab, "whole", NEW, NULL, "answer",
	      "<cpu><model>New</model>" HAS("a") HAS("b") HAS("c") HAS("d") "</cpu>");
	knows(lab, "baseline", NEW, OLD, "answer", OLD);
	knows(lab, "baseline", NEW, OLD_LESS, "answer", OLD_LESS);
	knows(lab, "baseline", NEW, NEW, "answer", NEW);
	lab_put(lab, "libvirt/domcapabilities.kvm.xml",
		arena_printf(lab->arena,
			     "<domainCapabilities><domain>kvm</domain><arch>x86_64</arch><cpu>"
			     "<mode name='host-passthrough' supported='yes'/>"
			     "<mode name='host-model' supported='yes'>%.*s</mode></cpu>"
			     "</domainCapabilities>",
			     (int)(strlen(own) - strlen("<cpu></cpu>")), own + strlen("<cpu>")));
}

static const char *definition(struct lab *lab)
{
	return lab_get(lab, "libvirt/domains/web.xml");
}

/* ---- the tests ---- */

static void a_guest_gets_what_its_fleet_has_in_common(void **state)
{
	struct lab *lab = *state;

	machine(lab, NEW);
	assert_string_equal(lab_describe(lab, FLEET(NEW, OLD_LESS) GUEST("fleet: lab")), "");
	assert_holds(lab_plan(lab), "guests.web: create\n");
	assert_holds(lab_differs(lab, "guests.web"), "cpu.model:  -> Old\n");
	assert_holds(lab_differs(lab, "guests.web"), "cpu.features.b: ");
	lab_perform(lab);
	assert_holds(definition(lab), "<model fallback=\"forbid\">Old</model>");
	assert_holds(definition(lab), "<vendor>Intel</vendor>");
	assert_holds(definition(lab), "<feature name=\"b\" policy=\"disable\"/>");
	assert_string_equal(lab_plan(lab), "");
	/* what is taken out of the fleet comes back, and not where the guest says otherwise */
	assert_string_equal(lab_describe(lab, FLEET(NEW, OLD) GUEST("fleet: lab")), "");
	assert_holds(lab_plan(lab), "domain_define");
	assert_string_equal(lab_differs(lab, "guests.web"), "cpu.features.b: disable -> \n");
	lab_perform(lab);
	assert_lacks(definition(lab), "name=\"b\"");
	assert_string_equal(lab_plan(lab), "");
}

static void a_smaller_fleet_is_a_change_for_the_next_start(void **state)
{
	struct lab *lab = *state;
	static const char running[] =
		"guests: {web: {memory: 64MiB, cpu: {fleet: lab}, state: running}}\n";

	machine(lab, NEW);
	lab_describe(lab, arena_printf(lab->arena, "%s%s", FLEET(NEW, OLD), running));
	lab_plan(lab);
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
	lab_describe(lab, arena_printf(lab->arena, "%s%s", FLEET(NEW, NEW), running));
	assert_string_equal(lab_plan(lab), "guests.web: change\n"
					   "  domain_define domain=\"web\"\n"
					   "  wait guest-stop: takes effect at its next start\n");
	assert_holds(lab_differs(lab, "guests.web"), "cpu.model: Old -> New\n");
}

static void what_a_guest_says_of_a_feature_goes_first(void **state)
{
	struct lab *lab = *state;

	machine(lab, NEW);
	lab_describe(lab, FLEET(NEW, NEW) GUEST("fleet: lab, features: {d: disable, a: require}"));
	assert_holds(lab_plan(lab), "guests.web: create\n");
	lab_perform(lab);
	assert_holds(definition(lab), "<feature name=\"d\" policy=\"disable\"/>");
	assert_holds(definition(lab), "<feature name=\"a\" policy=\"require\"/>");
	assert_string_equal(lab_plan(lab), "");
}

/* As an export of the ledger has it. */
static void a_model_said_besides_has_to_be_that_one(void **state)
{
	struct lab *lab = *state;

	machine(lab, NEW);
	lab_describe(lab, FLEET(NEW, OLD) GUEST("fleet: lab, model: Old"));
	assert_holds(lab_plan(lab), "guests.web: create\n");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
	lab_describe(lab, FLEET(NEW, NEW) GUEST("fleet: lab, model: Old"));
	assert_string_equal(lab_plan(lab), "9:56: fleets.lab has New in common, not Old\n");
}

/* C11: what not all have cannot be asked of all; who lacks it is told. */
static void a_feature_that_is_not_common_is_refused(void **state)
{
	struct lab *lab = *state;

	machine(lab, NEW);
	lab_describe(lab, FLEET(NEW, OLD) GUEST("fleet: lab, features: {c: require}"));
	assert_string_equal(lab_plan(lab),
			    "9:60: c is not common to the hosts of fleets.lab: it is "
			    "not on beta\n");
	lab_describe(lab, FLEET(NEW, OLD) GUEST("fleet: lab, nested: true"));
	assert_holds(lab_plan(lab),
		     "9:57: nested virtualization is not common to the hosts of fleets.lab");
}

/* C10: libvirt would leave out what is missing here, without a word. */
static void a_host_that_cannot_give_it_is_told_what_it_lacks(void **state)
{
	struct lab *lab = *state;

	machine(lab, OLD);
	assert_string_equal(lab_describe(lab, FLEET(NEW, NEW) GUEST("fleet: lab")), "");
	assert_string_equal(
		lab_plan(lab),
		"4:5: this host cannot give guests what the fleet's hosts have in common: it lacks "
		"c and d\n"
		"9:44: this host cannot give it the processor of fleets.lab\n");
	/* its own file is out of date */
	lab_describe(lab, FLEET(NEW, NEW) "host: {name: beta}\n");
	assert_holds(lab_plan(lab), "7:13: this host cannot give guests");
}

static void of_another_make_is_told_so(void **state)
{
	struct lab *lab = *state;

	machine(lab, "<cpu><model>New</model><vendor>AMD</vendor></cpu>");
	knows(lab, "whole", "<cpu><model>New</model><vendor>AMD</vendor></cpu>", NULL, "answer",
	      "<cpu><model>New</model>" HAS("a") HAS("b") HAS("c") HAS("d") "</cpu>");
	lab_describe(lab, FLEET(NEW, NEW));
	assert_holds(lab_plan(lab),
		     "this host has a processor of AMD, and the fleet's hosts have Intel's\n");
}

static void what_libvirt_does_not_say_is_not_guessed(void **state)
{
	struct lab *lab = *state;

	machine(lab, NEW);
	knows(lab, "baseline", OLD, NEW, "refused", "no model fits");
	lab_describe(lab, FLEET(OLD, NEW) GUEST("fleet: lab"));
	const char *plan = lab_plan(lab);
	assert_holds(plan, "libvirt says: no model fits\n");
	assert_holds(plan, "this host cannot give it the processor of fleets.lab\n");
	assert_lacks(plan, "domain_define");
	lab_put(lab, "failing", "cpus\n");
	assert_holds(lab_plan(lab), "cannot look at cpus");
}

/* ---- models by name ---- */

#define RUNS(cpu) "guests: {web: {memory: 64MiB, cpu: {" cpu "}, state: running}}\n"

static const char *notes(struct lab *lab)
{
	const struct plan_item *item = plan_find(&lab->plan, "guests.web");
	struct text text = text_of(lab->arena);

	EACH(note, &item->steps.notes)
		text_addf(&text, "%s\n", *note);
	return text.at;
}

/* This host has what "Old" has; libvirt names what keeps it from "New", or does not. */
static void old_machine(struct lab *lab, bool blockers)
{
	machine(lab, OLD);
	knows(lab, "whole", "<cpu><model>New</model></cpu>", NULL, "answer",
	      "<cpu><model>New</model>" HAS("a") HAS("b") HAS("c") "</cpu>");
	knows(lab, "whole", "<cpu><model>Old</model></cpu>", NULL, "answer",
	      "<cpu><model>Old</model>" HAS("a") HAS("b") "</cpu>");
	knows(lab, "whole", "<cpu><model>Old</model>" HAS("c") "</cpu>", NULL, "answer",
	      "<cpu><model>Old</model>" HAS("a") HAS("b") HAS("c") "</cpu>");
	knows(lab, "whole", "<cpu><model>Odd</model></cpu>", NULL, "refused", "Unknown model Odd");
	lab_put(lab, "libvirt/domcapabilities.kvm.xml",
		arena_printf(lab->arena,
			     "<domainCapabilities><domain>kvm</domain><arch>x86_64</arch><cpu>"
			     "<mode name='host-model' supported='yes'><model>Old</model>"
			     "<vendor>Intel</vendor></mode><mode name='custom' supported='yes'>"
			     "<model usable='yes'>Old</model><model usable='no'>New</model>%s"
			     "</mode></cpu></domainCapabilities>",
			     blockers ? "<blockers model='New'><feature name='c'/></blockers>"
				      : ""));
}

/* C9, C10 */
static void a_model_that_this_host_lacks_is_refused_before(void **state)
{
	struct lab *lab = *state;
	static const char refused[] =
		"2:44: this host cannot give a guest the model New: it lacks c\n";

	for (int blockers = 0; blockers < 2; blockers++) {
		lab_put(lab, "libvirt/cpus.json", "[]");
		old_machine(lab, blockers);
		lab_describe(lab, RUNS("model: New"));
		assert_string_equal(lab_plan(lab), refused);
		lab_describe(lab, RUNS("model: New, features: {c: disable}"));
		assert_holds(lab_plan(lab), "domain_start");
		assert_string_equal(notes(lab), "");
	}
	lab_describe(lab, RUNS("model: Old"));
	assert_holds(lab_plan(lab), "domain_start");
	assert_string_equal(notes(lab), "");
}

static void where_libvirt_does_not_judge_it_is_told(void **state)
{
	struct lab *lab = *state;

	old_machine(lab, true);
	lab_describe(lab, RUNS("model: New, check: none"));
	assert_holds(lab_plan(lab), "domain_start");
	assert_string_equal(notes(lab), "");
	lab_describe(lab, GUEST("model: New")); /* it does not start */
	assert_holds(lab_plan(lab), "domain_define");
	assert_string_equal(notes(lab), "this host does not have c: libvirt may not start it so\n");
	lab_describe(lab, RUNS("model: host-passthrough, features: {c: require}"));
	assert_holds(lab_plan(lab), "domain_start");
	assert_string_equal(notes(lab), "this host does not have c: libvirt may not start it so\n");
	/* what libvirt does not know would not start */
	lab_describe(lab, RUNS("model: Odd"));
	assert_holds(lab_plan(lab), "it could not be started, libvirt says: Unknown model "
				    "Odd\n");
	lab_describe(lab, GUEST("model: Odd"));
	assert_holds(lab_plan(lab), "domain_define");
	assert_holds(notes(lab), "Unknown model Odd\n");
	knows(lab, "whole", "<cpu><model>Old</model>" HAS("typo") "</cpu>", NULL, "refused",
	      "unknown feature typo");
	lab_describe(lab, RUNS("model: Old, features: {typo: require}"));
	assert_holds(lab_plan(lab), "unknown feature typo\n");
	assert_lacks(lab_plan(lab), "domain_start");
}

static void mistakes_are_told_at_their_place(void **state)
{
	struct lab *lab = *state;
	static const struct {
		const char *body, *faults;
	} cases[] = {
		{ FLEET(NEW, OLD) "guests: {web: {virtualization: emulated, cpu: {fleet: lab}}}\n",
		  "9:55: the guest is emulated, and what its fleet has in common is of kvm "
		  "guests\n" },
		{ FLEET(NEW, OLD) GUEST("fleet: lap"),
		  "9:44: there is nothing called \"lap\" in fleets\n" },
		{ FLEET(NEW, OLD) GUEST("fleet: lab, mode: maximum"),
		  "9:55: the fleet chooses the model: this contradicts cpu.fleet\n" },
		{ FLEET(NEW, "<cpu><model>Old</model><vendor>AMD</vendor></cpu>"),
		  "7:13: beta has a processor of AMD and alpha one of Intel: no model is common to "
		  "both\n" },
		{ FLEET(NEW, "<domain/>"), "7:13: no processor is named in it: it has to be what "
					   "virsh domcapabilities prints on a host that can have "
					   "guests\n" },
		{ FLEET(NEW, "<capabilities><host><cpu><arch>aarch64</arch><model>Old</model></cpu>"
			     "</host></capabilities>"),
		  "7:13: it is of a processor of type aarch64, not x86_64\n" },
		{ "fleets: {lab: {hosts: {}}}\n", "2:16: a fleet has at least one host\n" },
		{ "fleets: {lab: {hosts: {a: a.xml}}}\n",
		  "2:27: there is no folder in which to find \"a.xml\"\n" },
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_string_equal(lab_describe(lab, cases[i].body), cases[i].faults);
}

/* What libvirt prints, whole, comes down to the processor in it. */
static void both_of_libvirts_forms_are_read(void **state)
{
	struct lab *lab = *state;
	struct cpu_model cpu;

	assert_int_equal(
		cpu_model_read(lab->arena,
			       "<capabilities><host><uuid>x</uuid><cpu><arch>x86_64</arch>"
			       "<model>Old</model><vendor>Intel</vendor><topology sockets='1'/>"
			       "<feature name='z'/><feature name='e'/></cpu></host></capabilities>",
			       &cpu, &lab->faults),
		0);
	assert_true(cpu.host);
	assert_string_equal(cpu_model_text(lab->arena, &cpu), "<cpu>\n"
							      "  <arch>x86_64</arch>\n"
							      "  <model>Old</model>\n"
							      "  <vendor>Intel</vendor>\n"
							      "  <feature name=\"e\"/>\n"
							      "  <feature name=\"z\"/>\n"
							      "</cpu>\n");
	assert_int_equal(
		cpu_model_read(lab->arena,
			       "<domainCapabilities><domain>qemu</domain><arch>x86_64</arch><cpu>"
			       "<mode name='host-model' supported='yes'><model>Old</model>"
			       "<feature policy='disable' name='x'/></mode></cpu>"
			       "</domainCapabilities>",
			       &cpu, &lab->faults),
		0);
	assert_string_equal(cpu.virt, "qemu");
	assert_string_equal(cpu_model_text(lab->arena, &cpu),
			    "<cpu mode=\"custom\" match=\"exact\">\n"
			    "  <model fallback=\"forbid\">Old</model>\n"
			    "  <feature policy=\"disable\" name=\"x\"/>\n"
			    "</cpu>\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, lab_setup, lab_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_guest_gets_what_its_fleet_has_in_common),
		TEST(a_smaller_fleet_is_a_change_for_the_next_start),
		TEST(what_a_guest_says_of_a_feature_goes_first),
		TEST(a_feature_that_is_not_common_is_refused),
		TEST(a_host_that_cannot_give_it_is_told_what_it_lacks),
		TEST(of_another_make_is_told_so),
		TEST(a_model_said_besides_has_to_be_that_one),
		TEST(what_libvirt_does_not_say_is_not_guessed),
		TEST(a_model_that_this_host_lacks_is_refused_before),
		TEST(where_libvirt_does_not_judge_it_is_told),
		TEST(mistakes_are_told_at_their_place),
		TEST(both_of_libvirts_forms_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
