/* document/: nodes made by the program, looking them up, copying and merging. */
#include "document_help.h"

static struct node *tree(struct arena *arena, const char *text)
{
	struct parsed parsed = parse(arena, text);

	assert_int_equal(parsed.result, 0);
	return parsed.root;
}

static void nodes_are_built_and_taken_out(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct node *map = node_map(arena), *list = node_list(arena);

	node_put(arena, map, "a", node_scalar(arena, "1"));
	node_put(arena, map, "b", list);
	node_put(arena, map, "c", node_null(arena));
	node_append(list, node_quoted(arena, "x"));
	node_append(list, node_map(arena));
	assert_string_equal(tree_text(arena, map), "{a: 1, b: [\"x\", {}], c: ~}");
	assert_int_equal(map->count, 3);
	assert_true(node_remove(map, "c"));
	assert_false(node_remove(map, "c"));
	assert_false(node_remove(list, "c"));
	node_put(arena, map, "d", node_scalar(arena, "4"));
	assert_true(node_remove(map, "a"));
	assert_string_equal(tree_text(arena, map), "{b: [\"x\", {}], d: 4}");
	assert_true(node_remove(map, "b"));
	assert_true(node_remove(map, "d"));
	assert_null(map->last);
	node_put(arena, map, "e", node_null(arena));
	assert_string_equal(tree_text(arena, map), "{e: ~}");
	assert_int_equal(map->first->mark.line, 0);
}

static void values_are_found_by_key_and_path(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	const struct node *root = tree(arena, "disks: {root: {size: 1}}\n"
					      "sysctl: {vm.swappiness: 10, vm: {swap: 2}}\n"
					      "a: {b.c: {x: 1}, b: {c: {y: 2}}}\n");

	assert_null(node_get(NULL, "a"));
	assert_null(node_get(root->first->first->first, "a"));
	assert_null(node_get(root, "none"));
	assert_null(node_get(root, ""));
	assert_string_equal(node_find(root, "disks.root.size")->text, "1");
	assert_string_equal(node_find(root, "sysctl.vm.swappiness")->text, "10");
	assert_string_equal(node_find(root, "sysctl.vm.swap")->text, "2");
	assert_string_equal(node_find(root, "a.b.c.x")->text, "1");
	assert_string_equal(node_find(root, "a.b.c.y")->text, "2");
	assert_null(node_find(root, "disks.root.size.more"));
	assert_null(node_find(root, "disks..root"));
	assert_null(node_find(root, ""));
	assert_null(node_find(NULL, "a"));
}

static void a_copy_is_deep_and_keeps_marks(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct node *root = tree(arena, "a: {b: [1, \"2\"]}\n");
	struct node *copy = node_copy(arena, root->first);

	assert_null(copy->key);
	assert_null(copy->next);
	assert_int_equal(copy->mark.column, 4);
	assert_int_equal(copy->first->key_mark.column, 5);
	node_remove(root->first, "b");
	assert_string_equal(tree_text(arena, copy), "{b: [1, \"2\"]}");
	assert_true(node_equal(copy, node_copy(arena, copy), true));
}

static void equality_minds_order_kind_and_if_asked_quotes(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool loose, strict;
	} rows[] = {
		{ "a: 1", "a: 1", true, true },    { "a: 1", "a: '1'", true, false },
		{ "a: 1", "b: 1", false, false },  { "{a: 1, b: 2}", "{b: 2, a: 1}", false, false },
		{ "[1]", "[1, 2]", false, false }, { "{}", "[]", false, false },
		{ "a: ''", "a:", false, false },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		ARENA_AUTO struct arena *arena = arena_new();
		struct node *a = tree(arena, rows[i].a), *b = tree(arena, rows[i].b);
		assert_int_equal(node_equal(a, b, false), rows[i].loose);
		assert_int_equal(node_equal(b, a, true), rows[i].strict);
	}
}

static void one_tree_is_laid_on_another(void **state)
{
	(void)state;
	static const struct {
		const char *under, *over, *merged;
	} rows[] = {
		{ "{a: 1, b: 2}", "{b: 3, c: 4}", "{a: 1, b: 3, c: 4}" },
		{ "{a: {x: 1, y: 2}}", "{a: {y: 3}}", "{a: {x: 1, y: 3}}" },
		{ "{a: [1, 2]}", "{a: [3]}", "{a: [3]}" },
		{ "{a: 1}", "{a: {b: 1}}", "{a: {b: 1}}" },
		{ "{a: {b: 1}}", "{a: 2}", "{a: 2}" },
		{ "{a: 1, b: 2}", "{a: ~}", "{b: 2}" },
		{ "{a: {b: 1, c: 2}}", "{a: {b: ~}}", "{a: {c: 2}}" },
		{ "{}", "{a: ~, b: {c: ~, d: 1}, e: [~]}", "{b: {d: 1}, e: [~]}" },
		{ "{a: ~}", "{b: 1}", "{a: ~, b: 1}" },
		{ "{}", "{}", "{}" },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		ARENA_AUTO struct arena *arena = arena_new();
		struct node *under = tree(arena, rows[i].under), *over = tree(arena, rows[i].over);
		const char *before = tree_text(arena, under), *top = tree_text(arena, over);
		assert_string_equal(tree_text(arena, node_merge(arena, under, over)),
				    rows[i].merged);
		assert_string_equal(tree_text(arena, under), before);
		assert_string_equal(tree_text(arena, over), top);
	}
}

static void merging_keeps_the_mark_of_the_winner(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct node *under = tree(arena, "a: 1\nb: 2\n"), *over = tree(arena, "\n\nb: 3\n");
	struct node *merged = node_merge(arena, under, over);

	assert_int_equal(node_get(merged, "a")->key_mark.line, 1);
	assert_int_equal(node_get(merged, "b")->key_mark.line, 3);
	assert_int_equal(node_get(merged, "b")->mark.line, 3);
}

static void large_maps_merge(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct node *under = node_map(arena), *over = node_map(arena);

	for (int i = 0; i < 20000; i++) {
		const char *key = arena_printf(arena, "guest-%d", i);
		node_put(arena, under, key, node_scalar(arena, "1"));
		if (i % 2)
			node_put(arena, over, key,
				 i % 4 == 1 ? node_null(arena) : node_scalar(arena, "2"));
		node_put(arena, over, arena_printf(arena, "new-%d", i), node_scalar(arena, "3"));
	}
	struct node *merged = node_merge(arena, under, over);
	assert_int_equal(merged->count, 35000);
	assert_string_equal(node_get(merged, "guest-3")->text, "2");
	assert_null(node_get(merged, "guest-5"));
	assert_string_equal(node_get(merged, "new-19999")->text, "3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_are_built_and_taken_out),
		cmocka_unit_test(values_are_found_by_key_and_path),
		cmocka_unit_test(a_copy_is_deep_and_keeps_marks),
		cmocka_unit_test(equality_minds_order_kind_and_if_asked_quotes),
		cmocka_unit_test(one_tree_is_laid_on_another),
		cmocka_unit_test(merging_keeps_the_mark_of_the_winner),
		cmocka_unit_test(large_maps_merge),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
