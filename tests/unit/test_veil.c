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
	const char *there = domain_hide(lab->arena, define->body, &lab->faults);
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

#define QEMU(data)                                                                       \
	"<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><name>a</name>" \
	"<qemu:commandline><qemu:arg value='secret,id=a,data=other'/>"                   \
	"<qemu:arg value='secret,id=s0,data=" data "'/></qemu:commandline></domain>"

static void secrets_of_the_command_line_come_back_or_are_missed(void **state)
{
	struct lab *lab = *state;
	struct text back = text_of(lab->arena), lost = text_of(lab->arena);
	const char *hidden = domain_hide(lab->arena, QEMU("geheim"), &lab->faults);

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
		LAB_TEST(secrets_of_the_command_line_come_back_or_are_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
