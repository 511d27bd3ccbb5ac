/* document/: includes - where they may lead, how they merge, where their faults stand. */
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "document_help.h"

struct place { /* a folder of its own, which is the current one while a test runs */
	char path[64];
	int back;
};

static int enter(void **state)
{
	static struct place place;

	snprintf(place.path, sizeof(place.path), "/tmp/gasthof-document-XXXXXX");
	place.back = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_non_null(mkdtemp(place.path));
	assert_int_equal(chdir(place.path), 0);
	*state = &place;
	return 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	(void)status, (void)type, (void)ftw;
	return remove(path);
}

static int leave(void **state)
{
	const struct place *place = *state;

	assert_int_equal(fchdir(place->back), 0);
	close(place->back);
	return nftw(place->path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Makes the folders of the path, too. */
static void put(const char *path, const char *text)
{
	char folder[256];

	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
		mkdir(folder, 0777);
	}
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
}

static struct parsed load_prepared(struct arena *arena, const char *path, document_prepare *prepare,
				   const void *context)
{
	struct parsed parsed = { .arena = arena };

	sources_init(&parsed.sources, arena);
	faults_init(&parsed.faults, arena);
	parsed.result = document_load(&parsed.sources, path, prepare, context, &parsed.root,
				      &parsed.faults);
	assert_int_equal(parsed.result, parsed.faults.count ? -1 : 0);
	return parsed;
}

static struct parsed load(struct arena *arena, const char *path)
{
	return load_prepared(arena, path, NULL, NULL);
}

static void check_tree(const char *path, const char *expected)
{
	ARENA_AUTO struct arena *arena = arena_new();
	struct parsed parsed = load(arena, path);

	assert_string_equal(faults_text(arena, &parsed.faults, "host.yaml"), "");
	assert_string_equal(tree_text(arena, parsed.root), expected);
}

static void check_fault(const char *path, const char *expected)
{
	ARENA_AUTO struct arena *arena = arena_new();
	struct parsed parsed = load(arena, path);

	assert_string_equal(faults_text(arena, &parsed.faults, "host.yaml"), expected);
}

static void a_file_without_includes_is_its_tree(void **state)
{
	(void)state;
	put("host.yaml", "a: 1\nb: ~\n");
	check_tree("host.yaml", "{a: 1, b: ~}");
	put("host.yaml", "");
	check_tree("host.yaml", "{}");
	put("host.yaml", "~\n");
	check_tree("host.yaml", "{}");
	put("host.yaml", "include: []\na: 1\n");
	check_tree("host.yaml", "{a: 1}");
	put("host.yaml", "include:\na: 1\n");
	check_tree("host.yaml", "{a: 1}");
}

static void the_including_file_wins(void **state)
{
	(void)state;
	put("base.yaml", "a: 1\nb: {x: 1, y: 2}\nc: [1, 2]\nd: 4\n");
	put("more.yaml", "b: {x: 3}\ne: 5\n");
	put("host.yaml", "include: [base.yaml, more.yaml]\nb: {z: 6}\nc: [9]\nd: ~\n");
	check_tree("host.yaml", "{a: 1, b: {x: 3, y: 2, z: 6}, c: [9], e: 5}");
	put("host.yaml", "include: base.yaml\na: 2\n");
	check_tree("host.yaml", "{a: 2, b: {x: 1, y: 2}, c: [1, 2], d: 4}");
}

static void includes_are_relative_to_the_including_file(void **state)
{
	(void)state;
	mkdir(".git", 0777);
	put("common/net/lan.yaml", "lan: 1\n");
	put("common/base.yaml", "include: net/lan.yaml\nbase: 1\n");
	put("hosts/a.yaml", "include: [../common/base.yaml]\na: 1\n");
	check_tree("hosts/a.yaml", "{lan: 1, base: 1, a: 1}");
	assert_int_equal(chdir("hosts"), 0);
	check_tree("a.yaml", "{lan: 1, base: 1, a: 1}");
	check_tree("./../hosts/a.yaml", "{lan: 1, base: 1, a: 1}");
	assert_int_equal(chdir("../common"), 0);
	check_tree("../hosts/a.yaml", "{lan: 1, base: 1, a: 1}");
}

static void a_git_file_of_a_worktree_counts(void **state)
{
	(void)state;
	put(".git", "gitdir: /elsewhere\n");
	put("base.yaml", "b: 1\n");
	put("hosts/a.yaml", "include: ../base.yaml\n");
	check_tree("hosts/a.yaml", "{b: 1}");
}

static void a_link_to_the_first_file_is_followed(void **state)
{
	(void)state;
	put("site/base.yaml", "b: 1\n");
	put("site/a.yaml", "include: base.yaml\na: 1\n");
	assert_int_equal(symlink("site/a.yaml", "host.yaml"), 0);
	check_tree("host.yaml", "{b: 1, a: 1}");
}

static void links_inside_the_tree_work(void **state)
{
	(void)state;
	put("real/base.yaml", "include: more.yaml\nb: 1\n");
	put("real/more.yaml", "m: 1\n");
	assert_int_equal(symlink("real", "alias"), 0);
	assert_int_equal(symlink("alias/base.yaml", "base.yaml"), 0);
	put("host.yaml", "include: base.yaml\n");
	check_tree("host.yaml", "{m: 1, b: 1}");
	put("host.yaml", "include: alias/base.yaml\n");
	check_tree("host.yaml", "{m: 1, b: 1}");
}

static void no_way_leads_out_of_the_tree(void **state)
{
	const struct place *place = *state;
	char out[160], expected[1024];

	put("other/secret.yaml", "s: 1\n");
	put("tree/inner/x.yaml", "x: 1\n");
	snprintf(out, sizeof(out), "%s/other/secret.yaml", place->path);
	assert_int_equal(symlink("../other/secret.yaml", "tree/soft.yaml"), 0);
	assert_int_equal(symlink(out, "tree/hard.yaml"), 0);
	assert_int_equal(symlink("../other", "tree/folder"), 0);
	put("tree/host.yaml", "include:\n  - ../other/secret.yaml\n  - soft.yaml\n  - hard.yaml\n"
			      "  - folder/secret.yaml\n  - inner/../../other/secret.yaml\n"
			      "  - /etc/hostname\n  - inner/x.yaml\n");
	assert_int_equal(chdir("tree"), 0);
	snprintf(
		expected, sizeof(expected),
		"2:5: \"../other/secret.yaml\" leads out of \"%1$s/tree\"\n"
		"3:5: \"soft.yaml\" leads out of \"%1$s/tree\"\n"
		"4:5: \"hard.yaml\" leads out of \"%1$s/tree\"\n"
		"5:5: \"folder/secret.yaml\" leads out of \"%1$s/tree\"\n"
		"6:5: \"inner/../../other/secret.yaml\" leads out of \"%1$s/tree\"\n"
		"7:5: \"/etc/hostname\" leads out of \"%1$s/tree\" [name it relative to this file]",
		place->path);
	check_fault("host.yaml", expected);
}

static void what_is_no_file_is_named(void **state)
{
	(void)state;
	mkdir("folder", 0777);
	assert_int_equal(mkfifo("fifo", 0666), 0);
	assert_int_equal(symlink("loop", "loop"), 0);
	put("x", "");
	put("host.yaml",
	    "include:\n  - none.yaml\n  - folder\n  - fifo\n  - loop\n  - x/y\n  - ''\n"
	    "  -\n  - [a]\n  - {b: c}\n");
	check_fault("host.yaml",
		    "2:5: there is no file \"none.yaml\"\n"
		    "3:5: \"folder\" is no regular file\n"
		    "4:5: \"fifo\" is no regular file\n"
		    "5:5: \"loop\" leads to no file: Too many levels of symbolic links\n"
		    "6:5: there is no file \"x/y\"\n"
		    "7:5: the name of the file to include is empty\n"
		    "8:4: the name of a file to include is a scalar, not nothing\n"
		    "9:5: the name of a file to include is a scalar, not a list\n"
		    "10:5: the name of a file to include is a scalar, not a mapping");
	put("host.yaml", "include: {a: b}\n");
	check_fault("host.yaml", "1:10: the name of a file to include is a scalar, not a mapping");
}

static void the_first_file_must_be_readable(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct parsed parsed = load(arena, "none.yaml");

	assert_int_equal(parsed.faults.first->kind, FAULT_HOST);
	assert_null(parsed.root);
	assert_string_equal(parsed.faults.first->message,
			    "cannot open \"none.yaml\": No such file or directory");
	parsed = load(arena, ".");
	assert_string_equal(parsed.faults.first->message, "cannot read \".\": Is a directory");
}

static void cycles_show_both_places(void **state)
{
	(void)state;
	put("host.yaml", "a: 1\ninclude: host.yaml\n");
	check_fault("host.yaml", "2:10: \"host.yaml\" includes itself");
	put("host.yaml", "include: [ok.yaml, b.yaml]\na: 1\n");
	put("ok.yaml", "");
	put("b.yaml", "include:\n  - c.yaml\n");
	put("c.yaml", "include: ./host.yaml\n");
	check_fault("host.yaml", "c.yaml:1:10: \"host.yaml\" includes itself "
				 "(1:20: the way from it leads through here)");
}

static void a_file_may_be_included_twice(void **state)
{
	(void)state;
	put("base.yaml", "x: 1\nx: 2\n");
	put("a.yaml", "include: base.yaml\n");
	put("b.yaml", "include: base.yaml\n");
	put("host.yaml", "include: [a.yaml, b.yaml, base.yaml]\n");
	check_fault("host.yaml",
		    "base.yaml:2:1: \"x\" is given twice (base.yaml:1:1: first given here)");
}

static void all_faults_of_all_files_are_found(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();

	put("a.yaml", "x: 1\nx: 2\ny: [\n");
	put("b.yaml", "- 1\n");
	put("host.yaml", "include: [a.yaml, none.yaml, b.yaml]\nz: *z\nok: 1\n");
	struct parsed parsed = load(arena, "host.yaml");
	assert_string_equal(faults_text(arena, &parsed.faults, "host.yaml"),
			    "2:4: alias \"*z\" has no anchor before it "
			    "[quote the value if \"*\" is meant as it stands]\n"
			    "a.yaml:2:1: \"x\" is given twice (a.yaml:1:1: first given here)\n"
			    "a.yaml:3:4: the \"[\" that opens here is never closed\n"
			    "1:19: there is no file \"none.yaml\"\n"
			    "b.yaml:1:1: a description is a mapping, not a list");
	assert_string_equal(tree_text(arena, parsed.root), "{x: 1, x: 2, y: []!, z: ~!, ok: 1}!");
	assert_int_equal(parsed.sources.count, 3);
	struct text excerpt = text_of(arena);
	document_excerpt(&excerpt, &parsed.sources, fault_last(&parsed.faults)->mark);
	assert_string_equal(excerpt.at, "    - 1\n    ^\n");
}

static void absolute_names_stay_absolute(void **state)
{
	const struct place *place = *state;
	ARENA_AUTO struct arena *arena = arena_new();

	put("base.yaml", "x: 1\nx: 2\n");
	put("host.yaml", "include: base.yaml\n");
	struct parsed parsed = load(arena, arena_printf(arena, "%s/host.yaml", place->path));
	assert_string_equal(parsed.faults.first->mark.file,
			    arena_printf(arena, "%s/base.yaml", place->path));
}

static void includes_are_counted(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct text text = text_of(arena);

	for (int i = 0; i < 300; i++)
		put(arena_printf(arena, "%d.yaml", i),
		    arena_printf(arena, "include: %d.yaml\n", i + 1));
	put("300.yaml", "");
	check_fault("0.yaml", "255.yaml:1:10: more than 255 files are included");
	text_add(&text, "include:\n");
	for (int i = 0; i < 300; i++)
		text_add(&text, "  - 300.yaml\n");
	put("host.yaml", text.at);
	check_fault("host.yaml", "257:5: more than 255 files are included");
}

static void uppercase_note(struct arena *arena, struct node *root, const void *context,
			   struct faults *faults)
{
	(void)faults;
	struct node *note = (struct node *)node_get(root, "note");

	assert_null(node_get(root, "include"));
	if (!note || note->kind != NODE_SCALAR)
		return;
	node_put(arena, root, "memory", node_map(arena));
	node_put(arena, root->last, context, node_scalar(arena, note->text));
	node_remove(root, "note");
}

static void each_tree_is_prepared_before_it_is_merged(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();

	put("base.yaml", "memory: {max: 4}\n");
	put("host.yaml", "include: base.yaml\nnote: 2\n");
	struct parsed parsed = load_prepared(arena, "host.yaml", uppercase_note, "size");
	assert_string_equal(tree_text(arena, parsed.root), "{memory: {max: 4, size: 2}}");
}

static void standard_input_includes_nothing(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	int input = dup(STDIN_FILENO), ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "a: 1\ninclude: x\n", 16), 16);
	close(ends[1]);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	close(ends[0]);
	struct parsed parsed = load(arena, "-");
	assert_string_equal(faults_text(arena, &parsed.faults, "<stdin>"),
			    "2:10: \"<stdin>\" is no regular file and can include nothing");
	assert_string_equal(tree_text(arena, parsed.root), "{a: 1}!");
	dup2(input, STDIN_FILENO);
	close(input);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter, leave)

static void file_names(struct arena *arena, struct node *root, const void *context,
		       struct faults *faults)
{
	(void)arena, (void)context, (void)faults;
	for (struct node *child = root->first; child; child = child->next)
		if (string_starts(child->key, "file"))
			child->file = child->text;
}

static void a_scalar_that_names_a_file_gets_its_text(void **state)
{
	ARENA_AUTO struct arena *arena = arena_new();

	(void)state;
	put(".git", "gitdir: /elsewhere\n");
	put("common/base.yaml", "file_a: texts/a.xml\nb: texts/a.xml\n");
	put("common/texts/a.xml", "<a/>\n");
	put("own.xml", "<own/>");
	put("hosts/host.yaml", "include: ../common/base.yaml\nfile_own: ../own.xml\n");
	struct parsed parsed = load_prepared(arena, "hosts/host.yaml", file_names, NULL);
	assert_int_equal(parsed.faults.count, 0);
	assert_string_equal(node_text(parsed.root, "file_a"), "<a/>\n");
	assert_string_equal(node_text(parsed.root, "b"), "texts/a.xml");
	assert_string_equal(node_text(parsed.root, "file_own"), "<own/>");
	assert_int_equal(node_get(parsed.root, "file_a")->mark.line, 1);
}

static void a_file_that_cannot_be_had_is_told_where_it_is_named(void **state)
{
	ARENA_AUTO struct arena *arena = arena_new();

	(void)state;
	put("host.yaml", "file_a: a.xml\nfile_b: ../b.xml\nfile_c: folder\n");
	mkdir("folder", 0777);
	struct parsed parsed = load_prepared(arena, "host.yaml", file_names, NULL);
	const char *said = faults_text(arena, &parsed.faults, "host.yaml");
	assert_non_null(strstr(said, "1:9: there is no file \"a.xml\""));
	assert_non_null(strstr(said, "2:9: \"../b.xml\" leads out of"));
	assert_non_null(strstr(said, "3:9: \"folder\" is no regular file"));
	assert_true(node_get(parsed.root, "file_a")->broken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_file_without_includes_is_its_tree),
		IN_FOLDER(the_including_file_wins),
		IN_FOLDER(includes_are_relative_to_the_including_file),
		IN_FOLDER(a_git_file_of_a_worktree_counts),
		IN_FOLDER(a_link_to_the_first_file_is_followed),
		IN_FOLDER(links_inside_the_tree_work),
		IN_FOLDER(no_way_leads_out_of_the_tree),
		IN_FOLDER(what_is_no_file_is_named),
		IN_FOLDER(the_first_file_must_be_readable),
		IN_FOLDER(cycles_show_both_places),
		IN_FOLDER(a_file_may_be_included_twice),
		IN_FOLDER(all_faults_of_all_files_are_found),
		IN_FOLDER(absolute_names_stay_absolute),
		IN_FOLDER(includes_are_counted),
		IN_FOLDER(each_tree_is_prepared_before_it_is_merged),
		IN_FOLDER(a_scalar_that_names_a_file_gets_its_text),
		IN_FOLDER(a_file_that_cannot_be_had_is_told_where_it_is_named),
		IN_FOLDER(standard_input_includes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
