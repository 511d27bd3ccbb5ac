/* Domains from elsewhere as descriptions: nothing is lost, whatever the record knows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "formats/domain.h"
#include "formats/xml_merge.h"
#include "kinds_help.h"
#include "resource/desired.h"

static xmlNode *root_of(xmlDoc *doc)
{
	return xmlDocGetRootElement(doc);
}

static xmlDoc *doc_of(struct arena *arena, const char *xml)
{
	struct faults faults;

	faults_init(&faults, arena);
	xmlDoc *doc = xml_parse(xml, strlen(xml), &faults);
	assert_non_null(doc);
	return doc;
}

static const char *block_of(struct arena *arena, const char *original, const char *rendered)
{
	struct faults faults;
	const char *block = NULL;

	faults_init(&faults, arena);
	assert_int_equal(definition_rest(arena, original, rendered, &block, &faults), 0);
	return block;
}

/* What is missing, laid on what was rendered, is the original; laid on once more, it changes
 * nothing; taken out again, it leaves what was rendered. */
static void assert_rest(const char *original, const char *rendered, const char *block)
{
	ARENA_AUTO struct arena *arena = arena_new();
	struct faults faults;
	struct text once = text_of(arena), twice = text_of(arena);

	faults_init(&faults, arena);
	const char *rest = block_of(arena, original, rendered);
	if (!block) {
		assert_null(rest);
		return;
	}
	assert_non_null(rest);
	assert_string_equal(rest, block);
	XML_AUTO xmlDoc *want = doc_of(arena, original);
	XML_AUTO xmlDoc *have = doc_of(arena, rendered);
	XML_AUTO xmlDoc *fragment = xml_parse_fragment(arena, rest, &faults);
	assert_non_null(fragment);
	xml_merge(root_of(have), root_of(fragment));
	assert_true(xml_holds(root_of(have), root_of(want)));
	xml_print(&once, root_of(have));
	xml_merge(root_of(have), root_of(fragment));
	xml_print(&twice, root_of(have));
	assert_string_equal(once.at, twice.at);
	assert_null(strstr(once.at, "gasthof"));
}

static void what_is_missing_is_named_by_its_place(void **state)
{
	(void)state;
	assert_rest("<a><b c='1'/></a>", "<a><b c='1' d='2'/><e/></a>", NULL);
	assert_rest("<a><b> x </b></a>", "<a><b>x</b></a>", NULL);
	assert_rest("<a><b c='1'>x</b></a>", "<a><b c='2'/></a>", "<b c=\"1\">x</b>\n");
	assert_rest("<a i='1'><b/></a>", "<a><b/></a>", "<gasthof:self i=\"1\"/>\n");
	assert_rest("<a><b>1</b><b>2</b></a>", "<a><b>2</b></a>", "<b>1</b>\n<b>2</b>\n");
	/* of several that nothing tells apart the ones in front are said where they are not there
	 */
	assert_rest("<a><b>1</b><b>2</b><b>3</b></a>", "<a><b>1</b></a>",
		    "<b gasthof:new=\"2\">2</b>\n<b gasthof:new=\"3\">3</b>\n");
	assert_rest("<a><f name='x' p='1'/><f name='y'/></a>", "<a><f name='y'/></a>",
		    "<f name=\"x\" p=\"1\" gasthof:new=\"1\"/>\n");
	assert_rest("<a><m>text <b/> more</m></a>", "<a><m/></a>",
		    "<m gasthof:nth=\"1\" gasthof:replace=\"1\">text <b/> more</m>\n");
}

static void devices_are_told_apart_by_their_number(void **state)
{
	(void)state;
	assert_rest("<a><devices><disk t='1'><x/></disk><disk t='2'><x/><y/></disk></devices></a>",
		    "<a><devices><disk t='1'><x/></disk><disk t='2'><x/></disk></devices></a>",
		    "<devices>\n  <disk gasthof:nth=\"2\">\n    <y/>\n  </disk>\n</devices>\n");
	/* one more that looks like the first is no repetition of it */
	assert_rest("<a><devices><sound m='1'/><sound m='1'/></devices></a>",
		    "<a><devices><sound m='1'/></devices></a>",
		    "<devices>\n  <sound m=\"1\" gasthof:new=\"2\"/>\n</devices>\n");
}

static const char *merged(struct arena *arena, const char *onto, const char *old, const char *block)
{
	struct text text = text_of(arena);
	struct faults faults;
	XML_AUTO xmlDoc *doc = doc_of(arena, onto);

	faults_init(&faults, arena);
	assert_int_equal(definition_merge(arena, root_of(doc), old, block, &faults), 0);
	xml_print(&text, root_of(doc));
	return text.at;
}

/* One more in front, or one less, moves nothing that is said of another one. */
static void what_is_said_of_a_device_stays_with_it(void **state)
{
	static const struct {
		const char *device, *identity, *other;
	} rows[] = {
		{ "<disk><target dev='vda'/>%s</disk>", "vda", "<disk><target dev='vdb'/></disk>" },
		{ "<interface><mac address='52:54:00:00:00:01'/>%s</interface>",
		  "52:54:00:00:00:01",
		  "<interface><mac address='52:54:00:00:00:02'/></interface>" },
		{ "<controller type='pci' index='1'>%s</controller>", "pci 1",
		  "<controller type='pci' index='0'/>" },
		{ "<rng><alias name='ua-a'/>%s</rng>", "ua-a", "<rng><alias name='ua-b'/></rng>" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		ARENA_AUTO struct arena *arena = arena_new();
		char with[128], without[128];
		snprintf(with, sizeof(with), rows[i].device, "<x/>");
		snprintf(without, sizeof(without), rows[i].device, "");
		const char *original = arena_printf(arena, "<a><devices>%s</devices></a>", with);
		const char *rendered = arena_printf(arena, "<a><devices>%s</devices></a>", without);
		const char *block = block_of(arena, original, rendered);
		assert_non_null(
			strstr(block, arena_printf(arena, "gasthof:of=\"%s\"", rows[i].identity)));
		const char *more = merged(arena,
					  arena_printf(arena, "<a><devices>%s%s</devices></a>",
						       rows[i].other, without),
					  NULL, block);
		XML_AUTO xmlDoc *doc = doc_of(arena, more);
		xmlNode *devices = xml_at(root_of(doc), "devices");
		assert_false(xml_has(xml_first(devices, NULL), "x"));
		assert_true(xml_has(xml_next(xml_first(devices, NULL), NULL), "x"));
		/* and what is there no more is not made again */
		const char *less = merged(
			arena, arena_printf(arena, "<a><devices>%s</devices></a>", rows[i].other),
			block, block);
		assert_null(strstr(less, "<x/>"));
	}
}

static void what_was_added_is_not_added_twice(void **state)
{
	ARENA_AUTO struct arena *arena = arena_new();
	static const char block[] = "<devices><sound m='1' gasthof:new='2'/></devices>";

	(void)state;
	const char *both = merged(arena, "<a><devices><sound m='1'/></devices></a>", NULL, block);
	assert_non_null(strstr(strstr(both, "<sound") + 1, "<sound"));
	assert_string_equal(merged(arena, both, block, block), both);
	/* the described one went away meanwhile */
	const char *one = merged(arena, "<a><devices><sound m='1'/></devices></a>", block, block);
	assert_null(strstr(strstr(one, "<sound") + 1, "<sound"));
}

static void other_namespaces_are_kept(void **state)
{
	(void)state;
	assert_rest("<a xmlns:q='urn:q'><q:b><q:c v='1'/></q:b><b/></a>", "<a><b/></a>",
		    "<q:b xmlns:q=\"urn:q\">\n  <q:c v=\"1\"/>\n</q:b>\n");
}

/* ---- the kind ---- */

static struct item *import_as(struct arena *arena, const char *kind, const char *xml)
{
	struct items *items = ARENA_NEW(arena, struct items);
	struct faults faults;

	items->arena = arena;
	faults_init(&faults, arena);
	int found = kind_find(kinds, kind)->import(items, xml, &faults);
	if (found < 0)
		fail_msg("%s", faults.first->message);
	return found ? items->list.at[0] : NULL;
}

static struct item *import_of(struct arena *arena, const char *xml)
{
	return import_as(arena, "guests", xml);
}

static const char *yaml_of(struct arena *arena, const struct item *item)
{
	struct text text = text_of(arena);

	node_write_yaml(&text, record_print(arena, item->kind->record, item->value, true));
	return text.at;
}

#define DOMAIN(name, rest)                                                                   \
	"<domain type='kvm'><name>" name "</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809" \
	"</uuid><memory unit='KiB'>1048576</memory>" rest "</domain>"

static void names_become_keys(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	const struct item *item = import_of(arena, DOMAIN("Web Server_1.", ""));

	assert_string_equal(item->name, "web-server_1");
	assert_non_null(strstr(yaml_of(arena, item), "name: Web Server_1.\n"));
	assert_non_null(strstr(yaml_of(arena, item), "defaults: libvirt\n"));
	assert_non_null(strstr(yaml_of(arena, item), "memory: 1GiB\n"));
	assert_string_equal(import_of(arena, DOMAIN("---", ""))->name, "guest");
	assert_null(strstr(yaml_of(arena, import_of(arena, DOMAIN("web", ""))), "\nname:"));
}

static void other_xml_is_somebody_elses(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();

	assert_null(import_of(arena, "<network><name>a</name></network>"));
	assert_null(import_of(arena, "no XML"));
}

static void what_nobody_knows_is_carried(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	const struct item *item =
		import_of(arena, DOMAIN("web", "<novelty level='3'/><devices><gadget/></devices>"));
	const struct guest *guest = item->value;

	assert_string_equal(guest->libvirt_xml, "<novelty level=\"3\"/>\n<devices>\n  <gadget/>\n"
						"</devices>\n");
}

/* Nothing is lost, and nothing is added. */
static void assert_same_again(struct arena *arena, const char *xml)
{
	struct item *item = import_of(arena, xml);
	struct desired desired = { .arena = arena, .kinds = kinds, .items.arena = arena };
	struct text text = text_of(arena);
	struct faults faults;

	faults_init(&faults, arena);
	item->kind->complete(item, &desired, &faults);
	item->kind->check(item, &desired, &faults);
	assert_int_equal(item->kind->render(item, NULL, &text, &faults), 0);
	if (faults.count)
		fail_msg("%s: %s", xml, faults.first->message);
	assert_int_equal(faults.count, 0);
	assert_false(definition_adds(arena, xml, text.at, NULL));
	XML_AUTO xmlDoc *want = doc_of(arena, xml);
	XML_AUTO xmlDoc *have = doc_of(arena, text.at);
	if (!xml_holds(root_of(have), root_of(want)))
		fail_msg("%s\nbecomes\n%s", xml, text.at);
}

/* libvirt takes them all; a description that said them in fields would be refused, or would render
 * to more than was there. */
static void what_no_field_may_say_is_carried(void **state)
{
	static const char *const parts[] = {
		"",
		"<memory unit='KiB'>4</memory>",
		"<memory>1048576</memory><currentMemory>2048000</currentMemory>",
		"<vcpu current='20000'>30000</vcpu>",
		"<uuid>C7A5FDBDEDAF9455926AD65C16DB1809</uuid>",
		"<uuid> c7a5fdbd-edaf-9455-926a-d65c16db1809 </uuid>",
		"<sysinfo type='fwcfg'/><sysinfo type='fwcfg'/>"
		"<sysinfo type='smbios'><bios><entry name='vendor'>x</entry></bios></sysinfo>",
		"<cputune><iothreadsched scheduler='rr' priority='1'/>"
		"<iothreadsched iothreads='2' scheduler='idle'/></cputune>",
		"<title>a&#x85;b</title><novelty a='&#x2028;&#10;'>&#x7f;</novelty>",
		"<devices><disk type='file'><source file='/a '/><target dev='vda'/></disk>"
		"</devices>",
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		ARENA_AUTO struct arena *arena = arena_new();
		assert_same_again(arena, arena_printf(arena,
						      "<domain type='kvm'><name>web</name>"
						      "%s</domain>",
						      parts[i]));
	}
}

/* What cannot be said takes nothing else with it. */
static void only_what_cannot_be_said_is_carried(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	const struct item *item =
		import_of(arena, DOMAIN("Web", "<vcpu>2</vcpu><memoryBacking><hugepages><page "
					       "size='5' unit='MiB'/></hugepages></memoryBacking>"
					       "<sysinfo type='fwcfg'/><sysinfo type='fwcfg'/>"));
	const struct guest *guest = item->value;

	assert_string_equal(guest->name, "Web");
	assert_int_equal(guest->vcpus.count, 2);
	assert_string_equal(guest->libvirt_xml,
			    "<memoryBacking>\n  <hugepages>\n    <page size=\"5\" unit=\"MiB\"/>\n"
			    "  </hugepages>\n</memoryBacking>\n<sysinfo type=\"fwcfg\" "
			    "gasthof:new=\"2\"/>\n");
}

/* Entities of the document's own are its text; nothing is read from other files. */
static void entities_are_text(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct faults faults;

	faults_init(&faults, arena);
	assert_same_again(arena, "<!DOCTYPE domain [<!ENTITY who 'b c'>]><domain type='kvm'>"
				 "<name>web</name><title>a &who;</title><novelty of='&who;'>&who;"
				 "</novelty></domain>");
	const char *away = "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hostname'>]><a>&b;</a>";
	assert_null(xml_parse(away, strlen(away), &faults));
	assert_string_equal(faults.first->message, "it has entities that stand in other files");
}

/* virStoragePoolDefParseXML: the name of its source is its name where it has none. */
static void a_pool_is_called_as_its_source(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	const struct item *item =
		import_as(arena, "libvirt.pools",
			  "<pool type='logical'><source><name>vg0</name></source></pool>");

	assert_string_equal(item->name, "vg0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_missing_is_named_by_its_place),
		cmocka_unit_test(devices_are_told_apart_by_their_number),
		cmocka_unit_test(what_is_said_of_a_device_stays_with_it),
		cmocka_unit_test(what_was_added_is_not_added_twice),
		cmocka_unit_test(other_namespaces_are_kept),
		cmocka_unit_test(names_become_keys),
		cmocka_unit_test(other_xml_is_somebody_elses),
		cmocka_unit_test(what_nobody_knows_is_carried),
		cmocka_unit_test(what_no_field_may_say_is_carried),
		cmocka_unit_test(only_what_cannot_be_said_is_carried),
		cmocka_unit_test(entities_are_text),
		cmocka_unit_test(a_pool_is_called_as_its_source),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
