/* schema/record*.c: reading, normalising, printing, merging, references, paths. */
#include "schema_help.h"

/* ---- reading ---- */

static void a_new_record_holds_its_defaults(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	const struct guest *guest = record_new(arena, &guest_record);

	assert_string_equal(guest->state, "running");
	assert_int_equal(guest->vcpus, 1);
	assert_int_equal(guest->stop.microseconds, 120000000);
	assert_int_equal(guest->dhcp.lease.microseconds, UINT64_C(43200000000));
	assert_int_equal(guest->reach.count, 2);
	assert_string_equal(guest->reach.at[0], "internet");
	assert_string_equal(guest->reach.at[1], "lab");
	assert_null(guest->seed);
	for (size_t i = 0; i < guest_record.field_count; i++)
		assert_false(record_given(&guest_record, guest, guest_fields[i].offset));
}

static void every_row_is_read(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct guest *guest = record_of(arena, &guest_record, whole_guest);

	for (size_t i = 0; i < guest_record.field_count; i++)
		assert_true(record_given(&guest_record, guest, guest_fields[i].offset));
	assert_string_equal(guest->xml, "<devices>\n  <sound model='ich9'/>\n</devices>\n");
	assert_string_equal(guest->seed, "0123");
	assert_int_equal(guest->nice, -5);
	assert_int_equal(guest->dns.count, 1);
	assert_int_equal(guest->reach.count, 0);
	assert_int_equal(guest->cells.count, 2);
	assert_true(cpus_has(&guest->cells.at[1], 6));
	assert_int_equal(guest->disks.count, 3);
	const struct disk *root = map_get(&guest->disks, "root")->value;
	assert_int_equal(root->size.count, UINT64_C(20) << 30);
	assert_string_equal(root->cache, "writeback");
	assert_int_equal(root->limit.read_iops, 1000);
	assert_false(GIVEN(&disk_record, root, cache));
	assert_non_null(map_get(&guest->pages, "2MiB"));
	assert_non_null(map_get(&guest->pages, "1GiB"));
	assert_null(map_get(&guest->pages, "1G"));
	assert_non_null(map_get(&guest->networks, "lan"));
}

static void mistakes_are_told_at_once(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();

	assert_string_equal(
		mistakes(arena, &guest_record,
			 "vcpsu: 2\n"
			 "vcpus: 65\n"
			 "autostart: yes\n"
			 "disks:\n"
			 "  root: {cache: nnoe}\n"
			 "  Data: 4GB\n"
			 "dns: {a: 10.0.0.1}\n"
			 "pages: 12\n"),
		"1:1: unknown key \"vcpsu\" [did you mean \"vcpus\"?]\n"
		"2:8: expected a whole number from 1 to 64, found \"65\"\n"
		"3:12: expected true or false, found \"yes\" [write true]\n"
		"5:17: expected one of none, writeback, 0, true, found \"nnoe\" [did you mean "
		"\"none\"?]\n"
		"5:3: required key \"size\" is missing [as in size: 20GiB]\n"
		"6:3: expected a name of a-z, 0-9, -, _ and ., found \"Data\" [write data]\n"
		"6:9: expected a size, like 4GiB, found \"4GB\" [sizes are binary: write 4GiB]\n"
		"7:6: expected a list, each an IP address, like 10.0.0.1, found a mapping\n"
		"8:8: expected a mapping, each key a size, like 4GiB, found \"12\"");
}

static void each_mistake_has_its_place(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	static const char *const rows[][2] = {
		{ "[a]\n", "1:1: expected a mapping, found a list" },
		{ "text\n", "1:1: expected a mapping, found \"text\"" },
		{ "disks: {root: [1GiB]}\n",
		  "1:15: expected a mapping, or a size, like 4GiB, found a list" },
		{ "disks: {root: }\n",
		  "1:9: required key \"size\" is missing [as in size: 20GiB]" },
		{ "disks: {root: {size: }}\n",
		  "1:9: required key \"size\" is missing [as in size: 20GiB]" },
		{ "disks: {root: {size: 5}}\n",
		  "1:22: expected a size, like 4GiB, found \"5\" [a size needs its unit: 5MiB or "
		  "5GiB]" },
		{ "disks: {root: {size: 5GiB, serial: x}}\n",
		  "1:28: unknown key \"serial\" [known here: image, size, cache, limit]" },
		{ "dhcp: {zzzzzz: 1}\n", "1:8: unknown key \"zzzzzz\" [known here: lease]" },
		{ "groups: [a, [b], ~]\n", "1:13: expected one line of text, found a list\n"
					   "1:18: expected one line of text, found nothing" },
		{ "pages: {1G: 1, 2MiB: 1, 1024MiB: 2}\n",
		  "1:25: key \"1024MiB\" is the same as \"1G\" (1:9: first given here)" },
		{ "password: hunter2\n",
		  "1:11: expected a secret, as {file: NAME} or {credential: NAME} [a secret has no "
		  "place in a description: put it in a file below /etc/gasthof/secrets and write "
		  "{file: NAME}]" },
		{ "\"a\\nb\": 1\n", "1:1: unknown key \"a\\nb\"" },
		{ "sysctl: {\"a\\nb\": 1}\n",
		  "1:10: expected one line of text, found \"a\\nb\" [it holds a line break]" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_string_equal(mistakes(arena, &guest_record, rows[i][0]), rows[i][1]);
}

static void what_could_be_read_is_read(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct guest *guest = record_new(arena, &guest_record);
	struct faults faults = {};

	faults_init(&faults, arena);
	assert_int_equal(record_read(arena, &guest_record,
				     tree_of(arena, "vcpus: x\nnice: 3\ndisks: {root: {size: x}, "
						    "data: 2GiB}\n"),
				     NULL, guest, &faults),
			 -1);
	assert_int_equal(faults.count, 2);
	assert_false(GIVEN(&guest_record, guest, vcpus));
	assert_int_equal(guest->vcpus, 1);
	assert_int_equal(guest->nice, 3);
	assert_int_equal(guest->disks.count, 2);
}

static void keys_beside_belong_to_others(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	static const char *const besides[] = { "hugepages", NULL };
	struct dhcp *dhcp = record_new(arena, &dhcp_record);
	struct faults faults = {};

	faults_init(&faults, arena);
	assert_int_equal(record_read(arena, &dhcp_record,
				     tree_of(arena, "hugepages: [1]\nlease: 1h\n"), besides, dhcp,
				     &faults),
			 0);
	assert_int_equal(record_read(arena, &dhcp_record, tree_of(arena, "hugepage: 1\n"), besides,
				     dhcp, &faults),
			 -1);
	assert_string_equal(faults.first->hint, "did you mean \"hugepages\"?");
}

static void null_is_absence(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct guest *guest = record_of(arena, &guest_record, "vcpus: ~\ngroups:\nseed: 'null'\n");

	assert_false(GIVEN(&guest_record, guest, vcpus));
	assert_false(GIVEN(&guest_record, guest, groups));
	assert_string_equal(guest->seed, "null");
	struct faults faults = {};
	faults_init(&faults, arena);
	assert_int_equal(record_read(arena, &guest_record, node_null(arena), NULL,
				     record_new(arena, &guest_record), &faults),
			 0);
	assert_int_equal(record_read(arena, &guest_record, NULL, NULL,
				     record_new(arena, &guest_record), &faults),
			 0);
	assert_int_equal(record_read(arena, &disk_record, NULL, NULL,
				     record_new(arena, &disk_record), &faults),
			 -1);
}

static void broken_trees_are_not_complained_about_twice(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct node *root = node_map(arena);
	struct node *disks = node_put(arena, root, "disks", node_map(arena));
	struct faults faults = {};

	node_put(arena, disks, "root", node_map(arena))->broken = true;
	node_put(arena, root, "vcpus", node_list(arena))->broken = true;
	node_put(arena, root, "groups", node_map(arena))->broken = true;
	struct node *pages = node_put(arena, root, "pages", node_list(arena));
	node_append(pages, node_scalar(arena, "1GiB"));
	pages->broken = true;
	node_put(arena, root, "dhcp", node_list(arena))->broken = true;
	faults_init(&faults, arena);
	assert_int_equal(record_read(arena, &guest_record, root, NULL,
				     record_new(arena, &guest_record), &faults),
			 0);
	assert_int_equal(faults.count, 0);
}

/* ---- shorthands ---- */

static void shorthands_become_mappings_where_they_stand(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct node *root = tree_of(arena, "disks:\n"
					   "  root: 20GiB\n"
					   "  data: {size: 1GiB, limit: 1MiB/s}\n"
					   "words: {console: [a, b], quiet: x}\n"
					   "vcpus: [1]\n"
					   "dhcp: 3\n");

	record_normalise(arena, &guest_record, root);
	assert_string_equal(tree_text(arena, root),
			    "{disks: {root: {size: 20GiB}, data: {size: 1GiB, limit: {read: "
			    "1MiB/s}}}, words: {console: {values: [a, b]}, quiet: {values: x}}, "
			    "vcpus: [1], dhcp: 3}");
	const struct node *size = node_find(root, "disks.root.size");
	assert_int_equal(size->mark.line, 2);
	assert_int_equal(size->mark.column, 9);
	assert_int_equal(size->key_mark.column, 9);
	const char *before = tree_text(arena, root);
	record_normalise(arena, &guest_record, root);
	assert_string_equal(tree_text(arena, root), before);
}

static void a_normalised_tree_reads_the_same(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct node *tree = tree_of(arena, whole_guest);
	struct guest *guest = record_new(arena, &guest_record);
	struct faults faults = {};

	faults_init(&faults, arena);
	record_normalise(arena, &guest_record, tree);
	assert_int_equal(record_read(arena, &guest_record, tree, NULL, guest, &faults), 0);
	assert_true(
		record_equal(&guest_record, guest, record_of(arena, &guest_record, whole_guest)));
}

/* ---- printing ---- */

static void printing_uses_shorthands_that_lose_nothing(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct guest *guest = record_of(arena, &guest_record, whole_guest);

	assert_string_equal(
		printed(arena, &guest_record, guest),
		"{profile: small, state: stopped, libvirt_xml: \"<devices>\n  <sound "
		"model='ich9'/>\n</devices>\n\", seed: \"0123\", home: /srv/web, source: "
		"https://images.lab.example/a.qcow2, autostart: true, vcpus: 4, nice: -5, stop: "
		"1min30s, pin: 2,4-7, mac: 52:54:00:00:20:0a, gateway: 10.0.0.1, listen: 8080/tcp, "
		"to: web-1:80, sha256: "
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, password: "
		"{file: web}, gpu: 0000:41:00.0, addresses: [10.0.0.2/24, fd00::2/64], dns: "
		"[10.0.0.1], groups: [b, a], reach: [], devices: [gpu0, nic2], nodes: [0, 1], "
		"cells: [0-3, 4,6], dhcp: {}, disks: {root: 20GiB, data: {image: debian, size: "
		"1TiB, cache: \"true\", limit: {read: 1Gbit/s, read_iops: 5}}, swap: {size: 1GiB, "
		"limit: 8MiB/s}}, pages: {2MiB: 1024, 1GiB: 4}, words: {console: [tty0, ttyS0], "
		"quiet: \"null\", nosmt: {}}, sysctl: {vm.swappiness: \"10\", net/ipv4: {}}, "
		"networks: {lab: {lease: 1h}, lan: {}}}");
}

static void what_is_printed_reads_back_equal(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct guest *guest = record_of(arena, &guest_record, whole_guest);
	struct text yaml = text_of(arena);

	node_write_yaml(&yaml, record_print(arena, &guest_record, guest, true));
	struct guest *again = record_of(arena, &guest_record, yaml.at);
	assert_true(record_equal(&guest_record, guest, again));
	assert_string_equal(printed(arena, &guest_record, again),
			    printed(arena, &guest_record, guest));
}

/* Each row alone, so that no other row can hide what it loses. */
static void each_row_survives_alone(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	const struct node *whole = tree_of(arena, whole_guest);

	NODE_EACH(child, whole) {
		struct node *alone = node_map(arena);
		struct guest *guest = record_new(arena, &guest_record);
		struct guest *again = record_new(arena, &guest_record);
		struct faults faults = {};
		struct text yaml = text_of(arena);
		faults_init(&faults, arena);
		node_put(arena, alone, child->key, node_copy(arena, child));
		assert_int_equal(record_read(arena, &guest_record, alone, NULL, guest, &faults), 0);
		node_write_yaml(&yaml, record_print(arena, &guest_record, guest, true));
		assert_int_equal(record_read(arena, &guest_record, tree_of(arena, yaml.at), NULL,
					     again, &faults),
				 0);
		assert_true(record_equal(&guest_record, guest, again));
		assert_false(record_equal(&guest_record, guest, record_new(arena, &guest_record)));
	}
}

static void secrets_are_masked(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct guest *guest = record_of(arena, &guest_record, "password: {file: web}\n");
	const struct node *tree = record_print(arena, &guest_record, guest, false);

	assert_true(tree->first->masked);
	assert_string_equal(tree->first->text, "******");
	assert_string_equal(
		field_print(arena, record_find(&guest_record, "password"), &guest->password),
		"******");
}

static void fields_print_on_one_line(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct guest *guest = record_of(arena, &guest_record, whole_guest);
	const struct {
		const char *path;
		const void *value;
		const char *text;
	} rows[] = {
		{ "groups", &guest->groups, "[b, a]" },
		{ "reach", &guest->reach, "[]" },
		{ "vcpus", &guest->vcpus, "4" },
		{ "libvirt_xml", &guest->xml,
		  "<devices>\\n  <sound model='ich9'/>\\n</devices>\\n" },
		{ "pages", &guest->pages, "{2MiB: 1024, 1GiB: 4}" },
		{ "dhcp", &guest->dhcp, "{}" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_string_equal(
			field_print(arena, record_find(&guest_record, rows[i].path), rows[i].value),
			rows[i].text);
}

static void implied_fields_come_back_from_what_was_printed(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct guest *guest = record_of(arena, &guest_record, "disks: {root: 1GiB}\n");
	struct guest *again = record_new(arena, &guest_record);
	struct disk *root = map_get(&guest->disks, "root")->value;
	struct faults faults = {};

	faults_init(&faults, arena);
	SET(&disk_record, root, serial, "abc");
	assert_string_equal(printed(arena, &guest_record, guest),
			    "{disks: {root: {size: 1GiB, serial: abc}}}");
	const struct node *tree = record_print(arena, &guest_record, guest, true);
	assert_int_equal(record_read(arena, &guest_record, tree, NULL, again, &faults), -1);
	assert_int_equal(faults.count, 1);
	assert_int_equal(record_read_back(arena, &guest_record, tree, again, &faults), 0);
	assert_true(record_equal(&guest_record, guest, again));
}

/* ---- a word in the place of a map ---- */

static void a_word_stands_for_a_map_until_it_has_members(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct guest *guest = record_of(arena, &guest_record, "sysctl: auto\n");

	assert_string_equal(guest->sysctl.word, "auto");
	assert_int_equal(guest->sysctl.count, 0);
	assert_true(GIVEN(&guest_record, guest, sysctl));
	assert_string_equal(printed(arena, &guest_record, guest), "{sysctl: auto}");
	struct guest *merged = record_merge(
		arena, &guest_record, record_of(arena, &guest_record, "sysctl: none\n"), guest);
	assert_string_equal(merged->sysctl.word, "auto");
	merged = record_merge(arena, &guest_record, guest, NULL);
	assert_string_equal(merged->sysctl.word, "auto");
	map_add(arena, &guest->sysctl, &words_record, "a.b");
	assert_string_equal(printed(arena, &guest_record, guest), "{sysctl: {a.b: {}}}");
	struct faults faults;
	faults_init(&faults, arena);
	assert_int_equal(record_read(arena, &guest_record, tree_of(arena, "sysctl: other\n"), NULL,
				     record_new(arena, &guest_record), &faults),
			 -1);
	assert_string_equal(
		faults.first->message,
		"expected a mapping, each key one line of text, or auto, or none, found "
		"\"other\"");
}

/* ---- equal and merge ---- */

static void equality_goes_all_the_way_down(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	static const char *const differ[] = {
		"{}",
		"disks: {a: 1GiB, b: 2GiB}",
		"disks: {a: 1GiB, b: {size: 2GiB, limit: 1MiB/s}}",
		"disks: {a: 1GiB, c: 2GiB}",
		"disks: {a: 1GiB, b: {size: 2GiB, cache: writeback}}",
		"groups: [a, b]",
		"groups: [b, a]",
		"groups: [a]",
		"sysctl: {}",
		"sysctl: auto",
		"sysctl: none",
		"vcpus: 1",
		"dhcp: {}",
		"dhcp: {lease: 12h}",
	};
	const void *swapped = record_of(arena, &guest_record, "disks: {b: 2048MiB, a: 1GiB}");

	for (size_t i = 0; i < COUNT_OF(differ); i++)
		for (size_t j = 0; j < COUNT_OF(differ); j++) {
			const void *a = record_of(arena, &guest_record, differ[i]);
			const void *b = record_of(arena, &guest_record, differ[j]);
			if (record_equal(&guest_record, a, b) != (i == j))
				fail_msg("%s and %s", differ[i], differ[j]);
		}
	assert_true(
		record_equal(&guest_record, swapped, record_of(arena, &guest_record, differ[1])));
}

static void merging_goes_field_by_field(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	const void *under = record_of(arena, &guest_record,
				      "vcpus: 2\ngroups: [a, b]\ndisks: {root: {size: 1GiB, cache: "
				      "none}, swap: 2GiB}\ndhcp: {lease: 1h}\n");
	const void *over = record_of(arena, &guest_record,
				     "nice: 3\ngroups: [c]\ndisks: {root: {size: 3GiB, limit: "
				     "{read_iops: 7}}, data: 4GiB}\n");
	struct guest *merged = record_merge(arena, &guest_record, under, over);

	assert_string_equal(printed(arena, &guest_record, merged),
			    "{vcpus: 2, nice: 3, groups: [c], dhcp: {lease: 1h}, disks: {root: "
			    "{size: 3GiB, cache: none, limit: {read_iops: 7}}, swap: 2GiB, data: "
			    "4GiB}}");
	assert_string_equal(merged->state, "running");
	/* The merged record is one of its own. */
	const char *before = printed(arena, &guest_record, over);
	struct disk *data = map_get(&merged->disks, "data")->value;
	SET(&disk_record, data, cache, "none");
	map_add(arena, &merged->disks, &disk_record, "more");
	assert_string_equal(printed(arena, &guest_record, over), before);
}

static void merging_laws_hold(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	const void *a = record_of(arena, &guest_record, whole_guest);
	const void *b = record_of(arena, &guest_record, "vcpus: 7\ndisks: {x: 1GiB}\n");
	const void *c = record_of(arena, &guest_record, "nice: 7\ndisks: {x: 2GiB, y: 1GiB}\n");
	const void *none = record_new(arena, &guest_record);

	assert_true(record_equal(&guest_record, record_merge(arena, &guest_record, a, NULL), a));
	assert_true(record_equal(&guest_record, record_merge(arena, &guest_record, NULL, a), a));
	assert_true(record_equal(&guest_record, record_merge(arena, &guest_record, none, a), a));
	assert_true(record_equal(&guest_record, record_merge(arena, &guest_record, a, none), a));
	assert_true(record_equal(&guest_record, record_merge(arena, &guest_record, a, a), a));
	assert_true(
		record_equal(&guest_record, record_merge(arena, &guest_record, NULL, NULL), none));
	assert_true(record_equal(
		&guest_record,
		record_merge(arena, &guest_record, record_merge(arena, &guest_record, a, b), c),
		record_merge(arena, &guest_record, a, record_merge(arena, &guest_record, b, c))));
}

/* ---- walking ---- */

static void note_reference(void *context, const struct field *field, const char *path,
			   const char *name, struct mark mark)
{
	text_addf(context, "%s=%s>%s@%u:%u ", path, name, field->target, mark.line, mark.column);
}

static void references_are_visited(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	const struct node *tree = tree_of(arena, "disks:\n"
						 "  root: {size: 1GiB, image: debian}\n"
						 "  data: 2GiB\n"
						 "devices: [gpu0, nic2]\n"
						 "networks: {lab: {}}\n");
	struct guest *guest = record_new(arena, &guest_record);
	struct faults faults = {};
	struct text seen = text_of(arena), blind = text_of(arena);

	faults_init(&faults, arena);
	assert_int_equal(record_read(arena, &guest_record, tree, NULL, guest, &faults), 0);
	record_references(arena, &guest_record, guest, tree, note_reference, &seen);
	assert_string_equal(seen.at,
			    "devices=gpu0>devices@4:11 devices=nic2>devices@4:17 "
			    "disks.root.image=debian>images@2:29 networks.lab=lab>networks@5:12 ");
	record_references(arena, &guest_record, record_of(arena, &guest_record, "devices: gpu0\n"),
			  NULL, note_reference, &blind);
	assert_string_equal(blind.at, "devices=gpu0>devices@0:0 ");
}

static void rows_are_found_by_path(void **state)
{
	(void)state;
	assert_ptr_equal(record_find(&guest_record, "vcpus"), &guest_fields[7]);
	assert_ptr_equal(record_find(&guest_record, "disks.*.size"), &disk_fields[1]);
	assert_ptr_equal(record_find(&guest_record, "disks.root.limit.read"), &limit_fields[0]);
	assert_ptr_equal(record_find(&guest_record, "disks.a.b.limit.read"), &limit_fields[0]);
	assert_string_equal(record_find(&guest_record, "disks")->name, "disks");
	assert_string_equal(record_find(&guest_record, "disks.root")->name, "disks");
	assert_string_equal(record_find(&guest_record, "disks.*")->name, "disks");
	assert_string_equal(record_find(&guest_record, "sysctl.vm.swappiness")->name, "sysctl");
	assert_null(record_find(&guest_record, "disks.*.sizes"));
	assert_null(record_find(&guest_record, "vcpus.count"));
	assert_null(record_find(&guest_record, "vcpu"));
	assert_null(record_find(&guest_record, ""));
}

static void classes_have_names(void **state)
{
	(void)state;
	for (int class = 0; class < CLASS_COUNT; class ++)
		assert_int_equal(class_of(class_name(class)), class);
	assert_int_equal(class_of("risky"), -1);
}

/* ---- lint ---- */

static void the_sample_tables_are_clean(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct faults faults = {};

	faults_init(&faults, arena);
	record_lint(&guest_record, &faults);
	assert_string_equal(faults_text(arena, &faults, NULL), "");
}

static void lint_finds_what_rows_get_wrong(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct wrong {
		struct given given;
		struct bytes size;
		uint32_t count;
		struct text_list list;
		struct dhcp dhcp;
	};
	static const struct field fields[] = {
		FIELD("Size", struct wrong, size, CLASS_LIVE, NULL, .fallback = "4GB"),
		FIELD("count", struct wrong, count, CLASS_LIVE, "Ends in a stop.", .fallback = "1",
		      .flags = FIELD_REQUIRED, .least = 9, .most = 3, .target = "images"),
		FIELD("count", struct wrong, count, CLASS_LIVE, "x", .example = "many"),
		FIELD("list", struct wrong, list, CLASS_LIVE, "x",
		      .flags = FIELD_NOT_RUNNING | FIELD_NOT_CONFIGURED | FIELD_ANY_KEY),
		FIELD_RECORD("dhcp", struct wrong, dhcp, &dhcp_record, CLASS_LIVE, "x",
			     .flags = FIELD_UNORDERED, .fallback = "x"),
		{ .name = "none" },
	};
	static const struct record record =
		RECORD(struct wrong, fields, .shorthand = &dhcp_fields[0]);
	static const char *const messages[] = {
		"row Size: the name is not snake_case",
		"row Size: no help",
		"row Size: its default does not read back",
		"row count: the help is not one line without a full stop",
		"row count: required, and yet with a default",
		"row count: a reference is text",
		"row count: bounds the wrong way round",
		"row count: its default does not read back",
		"row count: its name is there twice",
		"row count: it lies over another row",
		"row count: its example does not read back",
		"row list: compared with no state: say FIELD_PLAIN",
		"row list: FIELD_ANY_KEY is for maps",
		"row dhcp: FIELD_UNORDERED is for lists",
		"row dhcp: only scalars and lists have a default",
		"row none: no type, or no record",
		"row lease: a shorthand, but not a row of this record",
	};
	struct faults faults = {};

	faults_init(&faults, arena);
	record_lint(&record, &faults);
	size_t i = 0;
	for (const struct fault *fault = faults.first; fault; fault = fault->next) {
		assert_true(i < COUNT_OF(messages));
		assert_string_equal(fault->message, messages[i++]);
	}
	assert_int_equal(i, COUNT_OF(messages));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_record_holds_its_defaults),
		cmocka_unit_test(every_row_is_read),
		cmocka_unit_test(mistakes_are_told_at_once),
		cmocka_unit_test(each_mistake_has_its_place),
		cmocka_unit_test(what_could_be_read_is_read),
		cmocka_unit_test(keys_beside_belong_to_others),
		cmocka_unit_test(null_is_absence),
		cmocka_unit_test(broken_trees_are_not_complained_about_twice),
		cmocka_unit_test(shorthands_become_mappings_where_they_stand),
		cmocka_unit_test(a_normalised_tree_reads_the_same),
		cmocka_unit_test(printing_uses_shorthands_that_lose_nothing),
		cmocka_unit_test(what_is_printed_reads_back_equal),
		cmocka_unit_test(each_row_survives_alone),
		cmocka_unit_test(secrets_are_masked),
		cmocka_unit_test(fields_print_on_one_line),
		cmocka_unit_test(implied_fields_come_back_from_what_was_printed),
		cmocka_unit_test(a_word_stands_for_a_map_until_it_has_members),
		cmocka_unit_test(equality_goes_all_the_way_down),
		cmocka_unit_test(merging_goes_field_by_field),
		cmocka_unit_test(merging_laws_hold),
		cmocka_unit_test(references_are_visited),
		cmocka_unit_test(rows_are_found_by_path),
		cmocka_unit_test(classes_have_names),
		cmocka_unit_test(the_sample_tables_are_clean),
		cmocka_unit_test(lint_finds_what_rows_get_wrong),
	};

	return cmocka_run_group_tests_name("schema record", tests, NULL, NULL);
}
