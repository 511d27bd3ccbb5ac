/* schema/record_schema.c: a JSON Schema that accepts what the engine accepts, by the verdict of
 * a validator (tests/unit/schema_agrees.py). */
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#include "formats/json.h"
#include "schema_help.h"
#include "schema_texts.h"

extern char **environ;

struct cases {
	struct arena *arena;
	const struct record *record;
	struct text text;
	size_t count;
};

static struct cases cases_start(struct arena *arena, const struct record *record,
				struct node *schema)
{
	struct cases cases = { .arena = arena, .record = record, .text = text_of(arena) };

	text_add(&cases.text, "{\"schema\": ");
	json_write(&cases.text, schema, false);
	text_add(&cases.text, ", \"cases\": [");
	return cases;
}

static void encode(struct text *text, const struct node *node)
{
	if (node->kind == NODE_NULL) {
		text_add(text, "null");
		return;
	}
	if (node->kind == NODE_SCALAR) {
		text_add(text, node->quoted ? "{\"q\": " : "{\"p\": ");
		json_write_string(text, node->text);
		text_add(text, "}");
		return;
	}
	text_add(text, node->kind == NODE_MAP ? "{\"m\": [" : "{\"l\": [");
	NODE_EACH(child, node) {
		text_add(text, child == node->first ? "" : ", ");
		if (node->kind == NODE_MAP) {
			text_add(text, "[");
			json_write_string(text, child->key);
			text_add(text, ", ");
		}
		encode(text, child);
		text_add(text, node->kind == NODE_MAP ? "]" : "");
	}
	text_add(text, "]}");
}

static bool engine_accepts(const struct cases *cases, const struct node *tree)
{
	struct faults faults = {};

	faults_init(&faults, cases->arena);
	return record_read(cases->arena, cases->record, tree, NULL,
			   record_new(cases->arena, cases->record), &faults) == 0;
}

static void cases_add(struct cases *cases, const char *name, const struct node *tree)
{
	text_add(&cases->text, cases->count++ ? ",\n{\"name\": " : "\n{\"name\": ");
	json_write_string(&cases->text, name);
	text_addf(&cases->text,
		  ", \"accepted\": %s, \"tree\": ", engine_accepts(cases, tree) ? "true" : "false");
	encode(&cases->text, tree);
	text_add(&cases->text, "}");
}

/* Runs the judge over a file, its complaints into `out`; its exit status. */
static int judge(const char *in, const char *out)
{
	char program[] = "python3", script[] = "tests/unit/schema_agrees.py";
	char *const arguments[] = { program, script, NULL };
	posix_spawn_file_actions_t actions;
	pid_t pid = 0;
	int status = 0;

	assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
	posix_spawn_file_actions_addopen(&actions, 0, in, O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int failed = posix_spawn(&pid, "/usr/bin/python3", &actions, NULL, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (failed)
		return 77;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void cases_judge(struct cases *cases)
{
	char folder[] = "/tmp/gasthof-schema-XXXXXX", complaints[4000] = "";

	text_add(&cases->text, "]}\n");
	assert_non_null(mkdtemp(folder));
	const char *in = arena_printf(cases->arena, "%s/in.json", folder);
	const char *out = arena_printf(cases->arena, "%s/out", folder);
	FILE *file = fopen(in, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(cases->text.at, 1, cases->text.size, file), cases->text.size);
	assert_int_equal(fclose(file), 0);
	int status = judge(in, out);
	file = fopen(out, "r");
	if (file) {
		complaints[fread(complaints, 1, sizeof(complaints) - 1, file)] = '\0';
		(void)fclose(file);
	}
	unlink(in);
	unlink(out);
	rmdir(folder);
	if (status == 77) {
		print_message("no python3-jsonschema on this machine\n");
		skip();
	}
	if (status)
		fail_msg("%zu cases, exit status %d\n%s", cases->count, status, complaints);
}

/* ---- structure ---- */

static const char *const documents[] = {
	whole_guest,
	"{}",
	"~",
	"[]",
	"text",
	"vcpus: 4",
	"vcpus: '4'",
	"vcpus: 0",
	"vcpus: 65",
	"vcpus: 1.5",
	"vcpus: true",
	"vcpus: ~",
	"vcpus: [4]",
	"vcpus: {count: 4}",
	"nice: -20",
	"nice: -21",
	"nice: '-3'",
	"autostart: true",
	"autostart: 'false'",
	"autostart: yes",
	"autostart: 'yes'",
	"autostart: 1",
	"autostart: ~",
	"seed: 12",
	"seed: 1.5",
	"seed: -3",
	"seed: true",
	"seed: no",
	"seed: 'null'",
	"seed: []",
	"seed: {}",
	"state: {a: b}",
	"unknown: 1",
	"pin: 7",
	"pin: 4096",
	"pin: -1",
	"pin: 0.5",
	"pin: '7,9'",
	"gateway: 10",
	"stop: 30",
	"stop: infinity",
	"groups: a",
	"groups: [a, 1, true, 1.5]",
	"groups: []",
	"groups: ~",
	"groups: [~]",
	"groups: [[a]]",
	"groups: {a: b}",
	"nodes: 0",
	"nodes: [0, '1']",
	"nodes: [-1]",
	"nodes: [a]",
	"cells: 3",
	"cells: [3, 4-5]",
	"devices: [gpu0, 0, true]",
	"devices: [-1]",
	"devices: GPU",
	"password: hunter2",
	"password: 12",
	"password: ~",
	"password: []",
	"password: {file: a}",
	"password: {file: 12}",
	"password: {file: -12}",
	"password: {credential: a.b@c}",
	"password: {file: a, credential: b}",
	"password: {file: ../a}",
	"password: {file: ''}",
	"password: {file: ~}",
	"password: {}",
	"password: {path: a}",
	"dhcp: ~",
	"dhcp: {}",
	"dhcp: {lease: ~}",
	"dhcp: {lease: 1h}",
	"dhcp: {lease: 1}",
	"dhcp: 1h",
	"dhcp: []",
	"disks: ~",
	"disks: {}",
	"disks: []",
	"disks: x",
	"disks: {root: 1GiB}",
	"disks: {root: 1}",
	"disks: {root: ~}",
	"disks: {root: {}}",
	"disks: {root: {size: 1GiB}}",
	"disks: {root: {size: ~}}",
	"disks: {root: [1GiB]}",
	"disks: {Root: 1GiB}",
	"disks: {root.a-b_c: 1GiB}",
	"disks: {root: {size: 1GiB, serial: a}}",
	"disks: {root: {size: 1GiB, cache: none}}",
	"disks: {root: {size: 1GiB, cache: true}}",
	"disks: {root: {size: 1GiB, cache: false}}",
	"disks: {root: {size: 1GiB, cache: 0}}",
	"disks: {root: {size: 1GiB, cache: '0'}}",
	"disks: {root: {size: 1GiB, cache: 1}}",
	"disks: {root: {size: 1GiB, cache: ~}}",
	"disks: {root: {size: 1GiB, cache: [none]}}",
	"disks: {root: {size: 1GiB, limit: 1MiB/s}}",
	"disks: {root: {size: 1GiB, limit: ~}}",
	"disks: {root: {size: 1GiB, limit: [1MiB/s]}}",
	"disks: {root: {size: 1GiB, limit: {read_iops: 0}}}",
	"disks: {root: {size: 1GiB, limit: {read_iops: 1000000}}}",
	"disks: {root: {size: 1GiB, limit: {read_iops: 1000001}}}",
	"pages: {1GiB: 4, 2M: {count: 1}, 4K: ~, 8K: {}}",
	"pages: {1GB: 4}",
	"pages: {1GiB: x}",
	"words: {a: b, c: [d, 1, true], e: ~, f: {values: x}, g: {}}",
	"words: {a: {value: x}}",
	"words: {a: {values: {b: c}}}",
	"words: {A: b}",
	"sysctl: {A.b/C*: 1}",
	"sysctl: auto",
	"sysctl: Auto",
	"sysctl: [auto]",
	"sysctl: ~",
	"words: auto",
	"sysctl: {\"a\\nb\": 1}",
	"networks: {lab: , lan: {lease: 1h}}",
	"networks: {lab: 1h}",
};

static void schema_and_engine_agree_on_structure(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct cases cases =
		cases_start(arena, &guest_record, record_schema(arena, &guest_record, NULL));

	for (size_t i = 0; i < COUNT_OF(documents); i++)
		cases_add(&cases, documents[i], tree_of(arena, documents[i]));
	cases_judge(&cases);
}

/* ---- texts ---- */

struct every {
	struct given given;
	const char *text, *block, *name, *path, *url;
	bool flag;
	uint32_t count;
	int64_t number;
	struct bytes bytes;
	struct span span;
	struct cpus cpus;
	struct rate rate;
	struct ratio ratio;
	struct mac mac;
	struct address address;
	struct prefix prefix;
	struct listen listen;
	struct endpoint endpoint;
	struct digest digest;
	struct pci pci;
};
#define EVERY(member) FIELD(#member, struct every, member, CLASS_NONE, #member)
#define EVERY_TEXT(member, type) \
	FIELD_TEXT(#member, struct every, member, type, CLASS_NONE, #member)
static const struct field every_fields[] = {
	EVERY(text),
	EVERY_TEXT(block, &type_block),
	EVERY_TEXT(name, &type_name),
	EVERY_TEXT(path, &type_path),
	EVERY_TEXT(url, &type_url),
	EVERY(flag),
	EVERY(count),
	EVERY(number),
	EVERY(bytes),
	EVERY(span),
	EVERY(cpus),
	EVERY(rate),
	EVERY(ratio),
	EVERY(mac),
	EVERY(address),
	EVERY(prefix),
	EVERY(listen),
	EVERY(endpoint),
	EVERY(digest),
	EVERY(pci),
};
static const struct record every_record = RECORD(struct every, every_fields);

static const struct field *every_of(const struct type *type)
{
	for (size_t i = 0; i < COUNT_OF(every_fields); i++)
		if (every_fields[i].type == type)
			return &every_fields[i];
	return NULL;
}

static void add_text(struct cases *cases, const struct type *type, struct node *scalar)
{
	struct node *map = node_map(cases->arena);
	const struct field *field = every_of(type);

	assert_non_null(field);
	node_put(cases->arena, map, field->name, scalar);
	cases_add(cases, field->name, map);
}

/* A plain scalar that a YAML reader turns into a number loses what the engine refuses in it
 * (0x10, 007, 1e3); that is no question of structure. */
static bool is_word(const char *text)
{
	return *text && !string_equal(text, "~") && text[strspn(text, "0123456789.+-exXEo_ ")] &&
	       strcasecmp(text, "true") != 0 && strcasecmp(text, "false") != 0 &&
	       strcasecmp(text, "null") != 0;
}

static void schema_and_engine_agree_on_texts(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct cases cases =
		cases_start(arena, &every_record, record_schema(arena, &every_record, NULL));

	for (size_t i = 0; i < COUNT_OF(good); i++) {
		const char *text = good[i].text;
		add_text(&cases, good[i].type, node_quoted(arena, text));
		if (*text)
			add_text(&cases, good[i].type, node_scalar(arena, text));
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		const char *text = bad[i].text;
		/* JSON cannot hold what is not UTF-8. */
		if (bad[i].beyond || (bad[i].hint && strstr(bad[i].hint, "UTF-8")))
			continue;
		add_text(&cases, bad[i].type, node_quoted(arena, text));
		if (is_word(text))
			add_text(&cases, bad[i].type, node_scalar(arena, text));
	}
	assert_true(cases.count > 200);
	cases_judge(&cases);
}

/* ---- partial bodies ---- */

static void a_partial_body_requires_nothing(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct node *schema = record_schema_partial(arena, &guest_record, NULL);
	struct cases cases = cases_start(arena, &guest_record, schema);
	static const char *const rows[] = {
		"disks: {root: {cache: none}}",
		"disks: {root: ~}",
		"disks: {root: {size: ~}}",
		"vcpus: ~",
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		text_addf(&cases.text,
			  "%s{\"name\": \"%zu\", \"accepted\": true, \"tree\": ", i ? ", " : "", i);
		encode(&cases.text, tree_of(arena, rows[i]));
		text_add(&cases.text, "}");
	}
	text_add(&cases.text, ", {\"name\": \"x\", \"accepted\": false, \"tree\": ");
	encode(&cases.text, tree_of(arena, "disks: {root: {chache: none}}"));
	text_add(&cases.text, "}");
	cases_judge(&cases);
}

static void the_schema_documents(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	static const char *const besides[] = { "hugepages", NULL };
	const struct node *schema = record_schema(arena, &dhcp_record, besides);
	struct text text = text_of(arena);

	json_write(&text, schema, false);
	assert_non_null(strstr(text.at, "\"description\":\"how long (dhcp-range)\""));
	assert_non_null(strstr(text.at, "\"default\":\"12h\""));
	assert_non_null(strstr(text.at, "\"hugepages\":{}"));
	assert_non_null(strstr(text.at, "\"additionalProperties\":false"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(schema_and_engine_agree_on_structure),
		cmocka_unit_test(schema_and_engine_agree_on_texts),
		cmocka_unit_test(a_partial_body_requires_nothing),
		cmocka_unit_test(the_schema_documents),
	};

	return cmocka_run_group_tests_name("schema json", tests, NULL, NULL);
}
