/* schema/type_*.c: what each type reads, how it prints it, and what it says otherwise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "schema/record.h"
#include "schema/type.h"

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct good {
	const struct type *type;
	const char *text, *canonical; /* NULL: as it stands */
};

static const struct good good[] = {
	{ &type_flag, "true" },
	{ &type_flag, "false" },
	{ &type_count, "0" },
	{ &type_count, "4294967295" },
	{ &type_number, "-9223372036854775808" },
	{ &type_number, "9223372036854775807" },
	{ &type_number, "-0", "0" },
	{ &type_text, "0123" },
	{ &type_text, "1e3" },
	{ &type_text, "12:30" },
	{ &type_text, "no" },
	{ &type_text, "" },
	{ &type_text, "gr\xc3\xbc\xc3\x9f" },
	{ &type_block, "<a>\n\t<b/>\n</a>\n" },
	{ &type_name, "a" },
	{ &type_name, "web-1.lab_2" },
	{ &type_name, "0" },
	{ &type_path, "/" },
	{ &type_path, "/var/lib" },
	{ &type_path, "//var/./lib//", "/var/lib" },
	{ &type_path, "/a/..b/c.." },
	{ &type_url, "https://images.lab.example/debian.qcow2?x=1#y" },
	{ &type_url, "http://[fd00::1]:8080" },
	{ &type_url, "file:///srv/image.raw" },
	{ &type_bytes, "512MiB" },
	{ &type_bytes, "4G", "4GiB" },
	{ &type_bytes, "4096MiB", "4GiB" },
	{ &type_bytes, "0B" },
	{ &type_bytes, "0GiB", "0B" },
	{ &type_bytes, "1000B" },
	{ &type_bytes, "15EiB" },
	{ &type_bytes, "18446744073709551615B" },
	{ &type_rate, "100MiB/s" },
	{ &type_rate, "100M/s", "100MiB/s" },
	{ &type_rate, "1Gbit/s" },
	{ &type_rate, "10kbit/s" },
	{ &type_rate, "8bit/s", "1B/s" },
	{ &type_rate, "1000Mbit/s", "1Gbit/s" },
	{ &type_rate, "125000000B/s", "1Gbit/s" },
	{ &type_rate, "0B/s" },
	{ &type_span, "30s" },
	{ &type_span, "2min" },
	{ &type_span, "1h30min" },
	{ &type_span, "90min", "1h30min" },
	{ &type_span, " 1 h  30 minutes ", "1h30min" },
	{ &type_span, "1.5h", "1h30min" },
	{ &type_span, "0.1s", "100ms" },
	{ &type_span, "3\xc2\xb5s", "3us" },
	{ &type_span, "2m 3sec 4msec 5usec", "2min3s4ms5us" },
	{ &type_span, "1y", "52w1d6h" },
	{ &type_span, "1M", "4w2d10h30min" },
	{ &type_span, "0h", "0s" },
	{ &type_span, "infinity" },
	{ &type_cpus, "0" },
	{ &type_cpus, "2-7,10,^3", "2,4-7,10" },
	{ &type_cpus, "^3,2-7,10", "2,4-7,10" },
	{ &type_cpus, "0-9,^2-3,^5", "0-1,4,6-9" },
	{ &type_cpus, "3,2,1,0", "0-3" },
	{ &type_cpus, "0-4095" },
	{ &type_mac, "52:54:00:00:20:0a" },
	{ &type_mac, "52:54:00:AB:CD:EF", "52:54:00:ab:cd:ef" },
	{ &type_address, "10.0.0.1" },
	{ &type_address, "fd00:0:0::1", "fd00::1" },
	{ &type_address, "::ffff:10.0.0.1" },
	{ &type_prefix, "10.20.0.0/24" },
	{ &type_prefix, "10.0.0.1/24" },
	{ &type_prefix, "0.0.0.0/0" },
	{ &type_prefix, "FD00:20::/64", "fd00:20::/64" },
	{ &type_listen, "8080/tcp" },
	{ &type_listen, "8000-8010/udp" },
	{ &type_listen, "8000-8000/udp", "8000/udp" },
	{ &type_listen, "10.0.0.1:8080/tcp" },
	{ &type_listen, "[fd00:0::1]:80-81/tcp", "[fd00::1]:80-81/tcp" },
	{ &type_endpoint, "web-1:80" },
	{ &type_endpoint, "web.lab.example:65535" },
	{ &type_endpoint, "10.20.0.5:80" },
	{ &type_endpoint, "[FD00::5]:80", "[fd00::5]:80" },
	{ &type_digest, DIGEST },
	{ &type_pci, "0000:41:00.0" },
	{ &type_pci, "0000:C1:1F.7", "0000:c1:1f.7" },
};

struct bad {
	const struct type *type;
	const char *text;
	const char *hint; /* part of it; NULL: none */
};

static const struct bad bad[] = {
	{ &type_flag, "yes", "write true" },
	{ &type_flag, "On", "write true" },
	{ &type_flag, "TRUE", "write true" },
	{ &type_flag, "no", "write false" },
	{ &type_flag, "off", "write false" },
	{ &type_flag, "0", "write false" },
	{ &type_flag, "maybe", NULL },
	{ &type_flag, "", NULL },
	{ &type_count, "", NULL },
	{ &type_count, "-1", NULL },
	{ &type_count, "007", "write 7" },
	{ &type_count, "+5", "write 5" },
	{ &type_count, "1_000", "write 1000" },
	{ &type_count, "1 000", "write 1000" },
	{ &type_count, "4294967296", NULL },
	{ &type_count, "99999999999999999999999", NULL },
	{ &type_count, "1.5", NULL },
	{ &type_count, "0x10", NULL },
	{ &type_count, "1e3", NULL },
	{ &type_number, "9223372036854775808", NULL },
	{ &type_number, "-9223372036854775809", NULL },
	{ &type_number, "--1", NULL },
	{ &type_number, "-007", "write -7" },
	{ &type_text, "a\nb", "a line break" },
	{ &type_text, "a\tb", "a control character" },
	{ &type_text, "\x1b[2J", "a control character" },
	{ &type_text, "a\xc2\x9b", "a control character" },
	{ &type_text, "a\xe2\x80\xa8z", "a line break" },
	{ &type_text, "\xff", "not UTF-8" },
	{ &type_text, "\xc0\xaf", "not UTF-8" },
	{ &type_text, "\xed\xa0\x80", "not UTF-8" },
	{ &type_block, "a\rb", "a line break" },
	{ &type_block, "a\x01", "a control character" },
	{ &type_name, "", NULL },
	{ &type_name, "Web 1", "write web-1" },
	{ &type_name, "-web-", "write web" },
	{ &type_name, "../etc", "write etc" },
	{ &type_name, "web\n", "write web" },
	{ &type_name, "\"web\"", "write web" },
	{ &type_name, "---", NULL },
	{ &type_name, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "63" },
	{ &type_path, "var/lib", "starts with /" },
	{ &type_path, "", "starts with /" },
	{ &type_path, "/var/../etc", ".." },
	{ &type_path, "/..", ".." },
	{ &type_path, "/a\nb", "a line break" },
	{ &type_url, "ftp://x/y", "starts with" },
	{ &type_url, "/srv/image.raw", "file:///srv/image.raw" },
	{ &type_url, "https://", NULL },
	{ &type_url, "https://user:word@x/y", "password" },
	{ &type_url, "https://x/a b", "%XX" },
	{ &type_url, "file:///", NULL },
	{ &type_bytes, "4GB", "write 4GiB" },
	{ &type_bytes, "4gb", "write 4GiB" },
	{ &type_bytes, "4 GiB", "write 4GiB" },
	{ &type_bytes, "4gib", "write 4GiB" },
	{ &type_bytes, "1.5GiB", "write 1536MiB" },
	{ &type_bytes, "512", "512MiB or 512GiB" },
	{ &type_bytes, "16EiB", "less than 16EiB" },
	{ &type_bytes, "18446744073709551616B", "less than 16EiB" },
	{ &type_bytes, "4XiB", "the units are" },
	{ &type_bytes, "GiB", NULL },
	{ &type_bytes, "-1GiB", NULL },
	{ &type_rate, "100MB/s", "100MiB/s for bytes, 100Mbit/s for bits" },
	{ &type_rate, "1gbps", "1GiB/s for bytes, 1Gbit/s for bits" },
	{ &type_rate, "100", "the units are" },
	{ &type_rate, "100MiB", "100MiB/s" },
	{ &type_rate, "1bit/s", NULL },
	{ &type_rate, "99999999999999999999Gbit/s", "less than" },
	{ &type_rate, "20000000000000Tbit/s", "less than 16EiB/s" },
	{ &type_span, "30", "30s or 30min" },
	{ &type_span, "", "the units are" },
	{ &type_span, "1h30", "the units are" },
	{ &type_span, "5 fortnights", "the units are" },
	{ &type_span, "-5s", "the units are" },
	{ &type_span, "1.s", "the units are" },
	{ &type_span, "600000y", "the units are" },
	{ &type_cpus, "", "list of numbers" },
	{ &type_cpus, "7-2", "lower number to the higher" },
	{ &type_cpus, "4096", "0 to 4095" },
	{ &type_cpus, "99999999999", "list of numbers" },
	{ &type_cpus, "0-3,^0-3", "no CPU" },
	{ &type_cpus, "^1", "no CPU" },
	{ &type_cpus, "1,,2", "list of numbers" },
	{ &type_cpus, "1,", "list of numbers" },
	{ &type_cpus, "2-", "last number" },
	{ &type_cpus, "0, 2", "write 0,2" },
	{ &type_mac, "53:54:00:00:20:0a", "multicast" },
	{ &type_mac, "00:00:00:00:00:00", "zeros" },
	{ &type_mac, "52-54-00-00-20-0A", "write 52:54:00:00:20:0a" },
	{ &type_mac, "5254.0000.200a", "write 52:54:00:00:20:0a" },
	{ &type_mac, "52:54:00:00:20", NULL },
	{ &type_mac, "52:54:00:00:20:0g", NULL },
	{ &type_address, "10.0.0.256", NULL },
	{ &type_address, "10.0.0.01", NULL },
	{ &type_address, "10.0.0.1/24", "10.0.0.1" },
	{ &type_address, "[fd00::1]", "fd00::1" },
	{ &type_address, "fe80::1%eth0", NULL },
	{ &type_address, "", NULL },
	{ &type_prefix, "10.0.0.1", "10.0.0.1/24" },
	{ &type_prefix, "fd00::1", "fd00::1/64" },
	{ &type_prefix, "10.0.0.0/33", NULL },
	{ &type_prefix, "10.0.0.0/024", NULL },
	{ &type_prefix, "fd00::/129", NULL },
	{ &type_prefix, "10.0.0.0/", NULL },
	{ &type_prefix, "10.0.0.0/255.255.255.0", NULL },
	{ &type_listen, "8080", "8080/tcp or 8080/udp" },
	{ &type_listen, "tcp/8080", "write 8080/tcp" },
	{ &type_listen, "0/tcp", "as in" },
	{ &type_listen, "65536/tcp", "as in" },
	{ &type_listen, "90-80/tcp", "as in" },
	{ &type_listen, "fd00::1:80/tcp", "as in" },
	{ &type_listen, "[10.0.0.1]:80/tcp", "as in" },
	{ &type_listen, "8080/sctp", "as in" },
	{ &type_endpoint, "web-1", "web-1:80" },
	{ &type_endpoint, "fd00::5", "write [fd00::5]:PORT" },
	{ &type_endpoint, "10.0.0.300:80", "as in" },
	{ &type_endpoint, "web 1:80", "as in" },
	{ &type_endpoint, ":80", "as in" },
	{ &type_endpoint, "web:0", "as in" },
	{ &type_digest, "sha256:" DIGEST, "without the sha256:" },
	{ &type_digest, "abc", "3 digits" },
	{ &type_digest, DIGEST "0", "65 digits" },
	{ &type_pci, "41:00.0", "write 0000:41:00.0" },
	{ &type_pci, "0000:41:20.0", "lspci" },
	{ &type_pci, "0000:41:00.8", "lspci" },
	{ &type_pci, "", "lspci" },
};

static int read_text(struct arena *arena, const struct type *type, const struct field *field,
		     const char *text, void *value, struct faults *faults)
{
	struct node *node = node_scalar(arena, text);

	node->mark = (struct mark){ "host.yaml", 3, 7 };
	return type->read(arena, field, node, value, faults);
}

static void good_texts_read_and_print(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();

	for (size_t i = 0; i < COUNT_OF(good); i++) {
		const struct good *row = &good[i];
		const char *canonical = row->canonical ? row->canonical : row->text;
		void *value = arena_alloc(arena, row->type->size);
		void *again = arena_alloc(arena, row->type->size);
		struct faults faults = {};
		faults_init(&faults, arena);
		if (read_text(arena, row->type, NULL, row->text, value, &faults) < 0)
			fail_msg("%s: \"%s\" does not read", row->type->name, row->text);
		assert_string_equal(type_text_of(row->type, value, arena), canonical);
		assert_int_equal(read_text(arena, row->type, NULL, canonical, again, &faults), 0);
		assert_true(row->type->equal(value, again));
		assert_int_equal(faults.count, 0);
	}
}

static void bad_texts_are_refused_where_they_stand(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		const struct bad *row = &bad[i];
		void *value = arena_alloc(arena, row->type->size);
		void *untouched = arena_alloc(arena, row->type->size);
		struct faults faults = {};
		faults_init(&faults, arena);
		if (read_text(arena, row->type, NULL, row->text, value, &faults) == 0)
			fail_msg("%s: \"%s\" reads", row->type->name, row->text);
		assert_int_equal(faults.count, 1);
		assert_memory_equal(value, untouched, row->type->size);
		const struct fault *fault = faults.first;
		assert_int_equal(fault->kind, FAULT_DESCRIPTION);
		assert_int_equal(fault->mark.line, 3);
		assert_true(string_starts(fault->message, "expected "));
		assert_null(strchr(fault->message, '\n'));
		assert_null(strchr(fault->message, '\x1b'));
		if (row->hint && (!fault->hint || !strstr(fault->hint, row->hint)))
			fail_msg("%s: \"%s\": hint \"%s\" lacks \"%s\"", row->type->name, row->text,
				 fault->hint ? fault->hint : "", row->hint);
		if (!row->hint && fault->hint && row->type != &type_url && row->type != &type_rate)
			fail_msg("%s: \"%s\": hint \"%s\"", row->type->name, row->text,
				 fault->hint);
	}
}

static void quotes_change_no_meaning(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();

	for (size_t i = 0; i < COUNT_OF(good); i++) {
		void *plain = arena_alloc(arena, good[i].type->size);
		void *quoted = arena_alloc(arena, good[i].type->size);
		struct faults faults = {};
		faults_init(&faults, arena);
		assert_int_equal(read_text(arena, good[i].type, NULL, good[i].text, plain, &faults),
				 0);
		assert_int_equal(good[i].type->read(arena, NULL, node_quoted(arena, good[i].text),
						    quoted, &faults),
				 0);
		assert_true(good[i].type->equal(plain, quoted));
	}
}

static void no_type_reads_a_list_or_nothing(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	const struct node *nodes[] = { node_list(arena), node_null(arena) };

	for (size_t i = 0; i < COUNT_OF(good); i++) {
		for (size_t j = 0; j < COUNT_OF(nodes); j++) {
			void *value = arena_alloc(arena, good[i].type->size);
			struct faults faults = {};
			faults_init(&faults, arena);
			assert_int_equal(good[i].type->read(arena, NULL, nodes[j], value, &faults),
					 -1);
			assert_non_null(
				strstr(faults.first->message, node_kind_name(nodes[j]->kind)));
		}
	}
}

static void counts_and_numbers_keep_their_bounds(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct field ports = { .least = 1, .most = 4 };
	struct field nice = { .least = (uint64_t)-20, .most = 19 };
	uint32_t count = 0;
	int64_t number = 0;
	struct faults faults = {};

	faults_init(&faults, arena);
	assert_int_equal(read_text(arena, &type_count, &ports, "4", &count, &faults), 0);
	assert_int_equal(read_text(arena, &type_number, &nice, "-20", &number, &faults), 0);
	assert_int_equal(number, -20);
	assert_int_equal(read_text(arena, &type_count, &ports, "0", &count, &faults), -1);
	assert_string_equal(fault_last(&faults)->message,
			    "expected a whole number from 1 to 4, found \"0\"");
	assert_int_equal(read_text(arena, &type_count, &ports, "5", &count, &faults), -1);
	assert_int_equal(read_text(arena, &type_number, &nice, "-21", &number, &faults), -1);
	assert_string_equal(fault_last(&faults)->message,
			    "expected a whole number from -20 to 19, found \"-21\"");
	assert_int_equal(read_text(arena, &type_number, &nice, "20", &number, &faults), -1);
}

static void choices_suggest_the_nearest(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	static const char *const modes[] = { "nat", "routed", "isolated", NULL };
	struct field mode = { .choices = modes };
	const char *text = NULL;
	struct faults faults = {};

	faults_init(&faults, arena);
	assert_int_equal(read_text(arena, &type_text, &mode, "routed", &text, &faults), 0);
	assert_string_equal(text, "routed");
	assert_int_equal(read_text(arena, &type_text, &mode, "ruoted", &text, &faults), -1);
	assert_string_equal(faults.first->message,
			    "expected one of nat, routed, isolated, found \"ruoted\"");
	assert_string_equal(faults.first->hint, "did you mean \"routed\"?");
	assert_int_equal(read_text(arena, &type_name, &mode, "NAT", &text, &faults), -1);
	assert_int_equal(read_text(arena, &type_text, &mode, "NAT", &text, &faults), -1);
	assert_string_equal(fault_last(&faults)->hint, "did you mean \"nat\"?");
	assert_int_equal(read_text(arena, &type_text, &mode, "bogus", &text, &faults), -1);
	assert_null(fault_last(&faults)->hint);
}

static int read_secret(struct arena *arena, const char *key, const char *value,
		       struct secret *secret, struct faults *faults)
{
	struct node *map = node_map(arena);

	node_put(arena, map, key, node_scalar(arena, value));
	return type_secret.read(arena, NULL, map, secret, faults);
}

static void secrets_are_references(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct secret secret = {};
	struct faults faults = {};

	faults_init(&faults, arena);
	assert_int_equal(read_secret(arena, "file", "db-password", &secret, &faults), 0);
	assert_string_equal(secret.file, "db-password");
	assert_string_equal(type_text_of(&type_secret, &secret, arena), "{file: db-password}");
	assert_int_equal(read_secret(arena, "credential", "db", &secret, &faults), 0);
	assert_null(secret.file);
	assert_string_equal(secret.credential, "db");
	assert_int_equal(read_secret(arena, "file", "../shadow", &secret, &faults), -1);
	assert_int_equal(read_secret(arena, "file", ".hidden", &secret, &faults), -1);
	assert_int_equal(read_secret(arena, "file", "", &secret, &faults), -1);
	assert_int_equal(read_secret(arena, "fil", "x", &secret, &faults), -1);
	assert_string_equal(fault_last(&faults)->hint, "did you mean \"file\"?");
	assert_int_equal(type_secret.read(arena, NULL, node_map(arena), &secret, &faults), -1);
}

static void an_inline_secret_is_refused_and_not_repeated(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct secret secret = {};
	uint32_t pin = 0;
	struct field hidden = { .flags = FIELD_SECRET };
	struct faults faults = {};

	faults_init(&faults, arena);
	assert_int_equal(read_text(arena, &type_secret, NULL, "hunter2", &secret, &faults), -1);
	assert_int_equal(read_text(arena, &type_count, &hidden, "12_34", &pin, &faults), -1);
	for (const struct fault *fault = faults.first; fault; fault = fault->next) {
		assert_null(strstr(fault->message, "hunter2"));
		assert_null(strstr(fault->message, "34"));
		assert_null(fault->hint ? strstr(fault->hint, "34") : NULL);
	}
	assert_non_null(strstr(faults.first->hint, "{file: NAME}"));
}

static void long_values_are_cut_in_messages(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	char *text = arena_alloc(arena, 100001);
	struct bytes bytes = {};
	struct faults faults = {};

	memset(text, 'x', 100000);
	faults_init(&faults, arena);
	assert_int_equal(read_text(arena, &type_bytes, NULL, text, &bytes, &faults), -1);
	assert_true(strlen(faults.first->message) < 120);
	assert_true(string_ends(faults.first->message, "...\""));
}

static void random_texts_never_break_a_type(void **state)
{
	(void)state;
	static const char letters[] = "0123456789abfGMKTiBs/:.-,^[]{} _xX%~\n\x80\xc3\xff";
	uint32_t random = 1;

	for (size_t i = 0; i < 40000; i++) {
		ARENA_AUTO struct arena *arena = arena_new();
		const struct type *type = good[i % COUNT_OF(good)].type;
		char text[24] = "";
		struct faults faults = {};
		faults_init(&faults, arena);
		for (size_t j = 0; j < 1 + i % 20; j++) {
			random = random * 1664525 + 1013904223;
			text[j] = letters[(random >> 16) % (sizeof(letters) - 1)];
		}
		void *value = arena_alloc(arena, type->size);
		void *again = arena_alloc(arena, type->size);
		if (read_text(arena, type, NULL, text, value, &faults) < 0) {
			assert_int_equal(faults.count, 1);
			continue;
		}
		const char *printed = type_text_of(type, value, arena);
		assert_int_equal(read_text(arena, type, NULL, printed, again, &faults), 0);
		assert_true(type->equal(value, again));
		assert_string_equal(type_text_of(type, again, arena), printed);
	}
}

static void spans_and_sizes_survive_printing(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	const struct type *const types[] = { &type_bytes, &type_rate, &type_span };
	uint64_t number = 1;

	for (size_t i = 0; i < 3000; i++) {
		number = number * 6364136223846793005 + 1442695040888963407;
		uint64_t value = number >> number % 61, again = 0;
		const struct type *type = types[i % 3];
		struct faults faults = {};
		faults_init(&faults, arena);
		assert_int_equal(read_text(arena, type, NULL, type_text_of(type, &value, arena),
					   &again, &faults),
				 0);
		assert_true(value == again);
	}
}

static void cpu_sets_count(void **state)
{
	(void)state;
	struct cpus cpus = {};

	assert_true(cpus_parse("0-3,64-127,4095,^2", &cpus));
	assert_int_equal(cpus_count(&cpus), 3 + 64 + 1);
	assert_true(cpus_has(&cpus, 4095));
	assert_false(cpus_has(&cpus, 2));
	assert_false(cpus_has(&cpus, 4096));
	cpus_add(&cpus, 2);
	cpus_add(&cpus, 100000);
	assert_int_equal(cpus_count(&cpus), 69);
}

static struct prefix prefix_of(const char *text)
{
	struct prefix prefix = {};

	assert_true(prefix_parse(text, &prefix));
	return prefix;
}

static struct address address_of(const char *text)
{
	struct address address = {};

	assert_true(address_parse(text, &address));
	return address;
}

static void prefixes_compute(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct prefix lab = prefix_of("10.20.0.9/24"), all = prefix_of("0.0.0.0/0");
	struct prefix half = prefix_of("10.20.0.128/25"), six = prefix_of("fd00:20::/64");
	struct address inside = address_of("10.20.0.255"), outside = address_of("10.20.1.0");

	assert_true(prefix_holds(&lab, &inside));
	assert_false(prefix_holds(&lab, &outside));
	assert_true(prefix_holds(&all, &outside));
	assert_true(prefix_overlaps(&lab, &half));
	assert_true(prefix_overlaps(&half, &lab));
	assert_true(prefix_overlaps(&all, &half));
	assert_false(prefix_overlaps(&all, &six));
	struct prefix next = prefix_of("10.20.1.0/24");
	assert_false(prefix_overlaps(&lab, &next));
	struct address nth = prefix_nth(&lab, 0);
	assert_string_equal(address_text(arena, &nth), "10.20.0.0");
	nth = prefix_nth(&lab, 256);
	assert_string_equal(address_text(arena, &nth), "10.20.1.0");
	nth = prefix_nth(&six, UINT64_MAX);
	assert_string_equal(address_text(arena, &nth), "fd00:20::ffff:ffff:ffff:ffff");
	nth = prefix_nth(&half, 0xff80);
	assert_string_equal(address_text(arena, &nth), "10.21.0.0");
	assert_int_equal(address_compare(&inside, &outside), -1);
	assert_int_equal(address_compare(&outside, &inside), 1);
	assert_int_equal(address_compare(&inside, &inside), 0);
	assert_int_equal(address_compare(&inside, &six.address), -1);
}

static void machines_say_more_than_descriptions(void **state)
{
	(void)state;
	struct mac mac = {};
	struct address address = {};
	struct bytes bytes = { 7 };

	assert_true(mac_parse("01:00:5e:00:00:01", &mac));
	assert_false(mac_parse("01:00:5e:00:00:0", &mac));
	assert_int_equal(mac.byte[5], 1);
	assert_false(address_parse("10.0.0", &address));
	assert_int_equal(address.family, 0);
	assert_false(bytes_parse("7GB", &bytes));
	assert_int_equal(bytes.count, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_texts_read_and_print),
		cmocka_unit_test(bad_texts_are_refused_where_they_stand),
		cmocka_unit_test(quotes_change_no_meaning),
		cmocka_unit_test(no_type_reads_a_list_or_nothing),
		cmocka_unit_test(counts_and_numbers_keep_their_bounds),
		cmocka_unit_test(choices_suggest_the_nearest),
		cmocka_unit_test(secrets_are_references),
		cmocka_unit_test(an_inline_secret_is_refused_and_not_repeated),
		cmocka_unit_test(long_values_are_cut_in_messages),
		cmocka_unit_test(random_texts_never_break_a_type),
		cmocka_unit_test(spans_and_sizes_survive_printing),
		cmocka_unit_test(cpu_sets_count),
		cmocka_unit_test(prefixes_compute),
		cmocka_unit_test(machines_say_more_than_descriptions),
	};

	return cmocka_run_group_tests_name("schema types", tests, NULL, NULL);
}
