/* formats/veil.h, and that a secret in libvirt_xml gets no farther than libvirt. */
#include "kinds_help.h"

#include "formats/domain.h"
#include "journal/journal.h"

static const struct {
	const char *text, *veiled; /* NULL: as it is */
} texts[] = {
	{ "<graphics type='vnc' passwd='geheim'/>", "<graphics type='vnc' passwd='*****'/>" },
	{ "<graphics passwd=\"a'b\" passwdValidTo='2030'/>",
	  "<graphics passwd=\"*****\" passwdValidTo='2030'/>" },
	{ "<qemu:arg value='secret,id=s0,data=geheim,format=raw'/>",
	  "<qemu:arg value='secret,id=s0,data=*****,format=raw'/>" },
	{ "<qemu:arg value='secret,id=s0,data=ge,,heim'/>",
	  "<qemu:arg value='secret,id=s0,data=*****'/>" },
	{ "secret,id=s0,data=geheim", "secret,id=s0,data=*****" },
	{ "<qemu:arg value='{\"qom-type\":\"secret\",\"data\": \"geheim\"}'/>",
	  "<qemu:arg value='{\"qom-type\":\"secret\",\"data\": \"*****\"}'/>" },
	{ "<qemu:arg value=\"{&quot;qom-type&quot;:&quot;secret&quot;,&quot;data&quot;:"
	  "&quot;geheim&quot;}\"/>",
	  "<qemu:arg value=\"{&quot;qom-type&quot;:&quot;secret&quot;,&quot;data&quot;:"
	  "&quot;*****&quot;}\"/>" },
	{ "-iscsi user=me,password=geheim -x", "-iscsi user=me,password=***** -x" },
	{ "file=rbd:pool/image:id=admin:key=AQBg==:mon=x",
	  "file=rbd:pool/image:id=admin:key=*****:mon=x" },
	{ "file=iscsi://me:geheim@nas/target", "file=iscsi://me:*****@nas/target" },
	/* what only looks like one */
	{ "<qemu:arg value='file,data=x'/><a>secret</a>", NULL },
	{ "password-secret=s0,key-secret=s1", NULL },
	{ "<graphics passwd=''/>", NULL },
	{ "http://nas.lab:8080/a@b", NULL },
	{ "virtio-net-pci,key=1", NULL },
	{ "the password is in the drawer", NULL },
	{ "passwd='", NULL },
	{ "passwd=", NULL },
	{ "\"password\"", NULL },
	{ "", NULL },
};

static void secrets_are_veiled_and_nothing_else(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		const char *veiled = veil(arena, texts[i].text);
		if (texts[i].veiled)
			assert_string_equal(veiled, texts[i].veiled);
		else
			assert_ptr_equal(veiled, texts[i].text);
		assert_ptr_equal(veil(arena, veiled), veiled);
	}
}

/* ---- a guest ---- */

#define WORDS(secret, more)                                                                  \
	"guests:\n"                                                                          \
	"  a:\n"                                                                             \
	"    virtualization: emulated\n"                                                     \
	"    state: stopped\n" more "    libvirt_xml: |\n"                                   \
	"      <devices><graphics type='vnc' passwd='" secret "'/></devices>\n"              \
	"      <qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n" \
	"        <qemu:arg value='-object'/>\n"                                              \
	"        <qemu:arg value='secret,id=s0,data=" secret "'/>\n"                         \
	"      </qemu:commandline>\n"

static void machine(struct lab *lab)
{
	lab_put(lab, "fs/proc/meminfo", "MemTotal:        4194304 kB\nMemFree: 1 kB\n");
}

static const struct step *defining(struct lab *lab)
{
	EACH(step, &plan_find(&lab->plan, "guests.a")->steps.list)
		if (step->verb == VERB_domain_define)
			return step;
	return NULL;
}

/* All that the journal writes down of the plan at hand. */
static const char *journaled(struct lab *lab)
{
	static const char *const files[] = { "runs/000001.jsonl", "ledger/guests.a.yaml" };
	const struct plan_item *item = plan_find(&lab->plan, "guests.a");
	const char *folder = lab_path(lab, "journal");
	JOURNAL_AUTO struct journal *journal = journal_open(lab->arena, folder, true, &lab->faults);
	const struct step nothing = { .verb = VERB_nothing };
	struct text all = text_of(lab->arena);
	unsigned index = 0;

	struct run *run = run_begin(journal, "apply", NULL, 0, &lab->faults);
	EACH(step, &item->steps.list)
		assert_int_equal(run_intend(run, "guests.a", step, &nothing, &index, &lab->faults),
				 0);
	assert_int_equal(run_ledger(run, item->kind, "a", item->change.want->value, &lab->faults),
			 0);
	assert_int_equal(run_end(run, RUN_DONE, &lab->faults), 0);
	for (size_t i = 0; i < COUNT_OF(files); i++)
		text_add(&all, lab_get(lab, arena_printf(lab->arena, "journal/%s", files[i])));
	return all.at;
}

static void the_journal_gets_no_secret_and_libvirt_does(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	assert_string_equal(lab_describe(lab, WORDS("geheim", "")), "");
	const char *plan = lab_plan(lab);
	assert_null(strstr(plan, "geheim"));
	const struct step *define = defining(lab);
	assert_true(define->secret_body);
	assert_non_null(strstr(define->body, "passwd=\"geheim\""));
	assert_non_null(strstr(define->body, "<qemu:arg value=\"-object\"/>"));
	assert_non_null(strstr(define->body, "data=geheim"));
	/* our mark may be read by whoever may look at the guest */
	const char *mark = strstr(define->body, "<gasthof:item");
	assert_null(memmem(mark, (size_t)(strstr(mark, "</gasthof:item>") - mark), "geheim", 6));
	const char *kept = journaled(lab);
	assert_null(strstr(kept, "geheim"));
	assert_non_null(strstr(kept, "data=" VEIL));
	/* what is read back veiled is no difference, nor is the ledger's */
	lab_perform(lab);
	const char *there = domain_hide(lab->arena, define->body, NULL, &lab->faults);
	assert_null(strstr(there, "geheim"));
	lab_put(lab, "libvirt/domains/a.xml", there);
	assert_string_equal(lab_plan(lab), "");
	/* another field changes: libvirt gets the secret again, once */
	lab_describe(lab, WORDS("geheim", "    title: x\n"));
	plan = lab_plan(lab);
	assert_null(strstr(plan, "geheim"));
	define = defining(lab);
	assert_true(define->secret_body);
	const char *first = strstr(define->body, "data=geheim");
	assert_non_null(first);
	assert_null(strstr(first + 1, "data=geheim"));
	const char *veiled = strstr(define->body, "data=" VEIL); /* in the mark, and nowhere else */
	assert_true(veiled > strstr(define->body, "<gasthof:item"));
	assert_null(strstr(veiled + 1, "data=" VEIL));
}

/* ---- a secret that changes ---- */

static void assert_none(const char *text, const char *const *secrets)
{
	for (; *secrets; secrets++)
		assert_null(strstr(text, *secrets));
}

static void assert_noticed(struct lab *lab, const char *path, const char *verb)
{
	static const char *const secrets[] = { "geheim", "anders", NULL };
	const char *plan = lab_plan(lab);

	assert_non_null(strstr(plan, verb));
	assert_none(plan, secrets);
	assert_non_null(strstr(lab_differs(lab, path), "libvirt_xml: ****** -> ****** (another)"));
	assert_none(lab_differs(lab, path), secrets);
}

static void a_secret_alone_that_changes_is_noticed(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_describe(lab, WORDS("geheim", ""));
	lab_plan(lab);
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
	lab_describe(lab, WORDS("anders", ""));
	assert_noticed(lab, "guests.a", "domain_define");
	assert_true(defining(lab)->secret_body);
	assert_non_null(strstr(defining(lab)->body, "passwd=\"anders\""));
	assert_null(strstr(defining(lab)->body, "geheim"));
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
	/* what somebody else sets is put back, also in one of two places */
	const char *there = lab_get(lab, "libvirt/domains/a.xml"),
		   *at = strstr(there, "id=s0,data=anders");
	lab_put(lab, "libvirt/domains/a.xml",
		arena_printf(lab->arena, "%.*sid=s0,data=geheim%s", (int)(at - there), there,
			     at + strlen("id=s0,data=anders")));
	assert_noticed(lab, "guests.a", "domain_define");
}

/* However XML writes it. */
static void odd_secrets_are_compared_as_they_are(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_describe(lab, WORDS("g&amp;\"&lt;", ""));
	lab_plan(lab);
	assert_non_null(strstr(defining(lab)->body, "passwd=\"g&amp;&quot;&lt;\""));
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
	lab_describe(lab, WORDS("g&amp;&quot;&gt;", ""));
	assert_non_null(strstr(lab_plan(lab), "domain_define"));
}

#define POOL(secret)                                                                         \
	"libvirt:\n"                                                                         \
	"  pools:\n"                                                                         \
	"    nas:\n"                                                                         \
	"      type: netfs\n"                                                                \
	"      source: {hosts: {a: {name: nas.lab}}, folder: /export, format: cifs}\n"       \
	"      target: {path: /mnt/nas}\n"                                                   \
	"      libvirt_xml: |\n"                                                             \
	"        <fs:mount_opts xmlns:fs='http://libvirt.org/schemas/storagepool/fs/1.0'>\n" \
	"          <fs:option name='username=me'/><fs:option name='password=" secret "'/>\n" \
	"        </fs:mount_opts>\n"

static void what_libvirt_runs_itself_is_veiled_too(void **state)
{
	struct lab *lab = *state;
	static const char *const secrets[] = { "geheim", "anders", NULL };

	assert_string_equal(lab_describe(lab, POOL("geheim")), "");
	assert_none(lab_plan(lab), secrets);
	const struct plan_item *item = plan_find(&lab->plan, "libvirt.pools.nas");
	assert_none(lab_differs(lab, "libvirt.pools.nas"), secrets);
	assert_true(item->steps.list.at[0].secret_body);
	assert_non_null(strstr(item->steps.list.at[0].body, "password=geheim"));
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
	lab_describe(lab, POOL("anders"));
	assert_noticed(lab, "libvirt.pools.nas", "pool_define");
	const char *body = plan_find(&lab->plan, "libvirt.pools.nas")->steps.list.at[0].body;
	assert_non_null(strstr(body, "password=anders"));
	assert_null(strstr(body, "geheim"));
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
	struct node *shown = desired_print(lab->arena, &lab->desired, PRINT_VEILED);
	struct text text = text_of(lab->arena);
	node_write_yaml(&text, shown);
	assert_none(text.at, secrets);
	assert_non_null(strstr(text.at, "password=" VEIL));
}

/* The inverse that the journal has is filled from what is there. */
static void a_whole_definition_gets_its_secrets_back(void **state)
{
	struct lab *lab = *state;
	const char *clear = "<pool><o name='password=geheim'/><a passwd='b\"c'/></pool>";
	const char *veiled = veil(lab->arena, clear);

	assert_true(veil_is_in(veiled));
	assert_string_equal(definition_unveil(lab->arena, veiled, clear),
			    "<pool><o name='password=geheim'/><a passwd='b&quot;c'/></pool>");
	assert_true(veil_is_in(definition_unveil(lab->arena, veiled, "<pool/>")));
	assert_false(veil_is_in(clear));
	/* a comment that holds one is nothing that libvirt has */
	const char *odd = "<pool><!-- passwd='*****' --><a passwd='*****'/></pool>";
	assert_string_equal(definition_unveil(lab->arena, odd, clear), odd);
}

#define QEMU(data)                                                                       \
	"<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><name>a</name>" \
	"<qemu:commandline><qemu:arg value='secret,id=a,data=other'/>"                   \
	"<qemu:arg value='secret,id=s0,data=" data "'/></qemu:commandline></domain>"

static void secrets_of_the_command_line_come_back_or_are_missed(void **state)
{
	struct lab *lab = *state;
	struct text back = text_of(lab->arena), lost = text_of(lab->arena);
	const char *hidden = domain_hide(lab->arena, QEMU("geheim"), NULL, &lab->faults);

	assert_null(strstr(hidden, "geheim"));
	assert_int_equal(domain_unhide(&back, hidden, QEMU("geheim"), &lab->faults), 0);
	assert_non_null(strstr(back.at, "id=s0,data=geheim"));
	assert_non_null(strstr(back.at, "id=a,data=other"));
	assert_int_equal(domain_unhide(&lost, hidden, NULL, &lab->faults), -1);
	assert_int_equal(lab->faults.first->kind, FAULT_REFUSED);
}

#define LAB_TEST(test) cmocka_unit_test_setup_teardown(test, lab_setup, lab_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_are_veiled_and_nothing_else),
		LAB_TEST(the_journal_gets_no_secret_and_libvirt_does),
		LAB_TEST(a_secret_alone_that_changes_is_noticed),
		LAB_TEST(odd_secrets_are_compared_as_they_are),
		LAB_TEST(what_libvirt_runs_itself_is_veiled_too),
		LAB_TEST(a_whole_definition_gets_its_secrets_back),
		LAB_TEST(secrets_of_the_command_line_come_back_or_are_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
