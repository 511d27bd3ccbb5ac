/* schema_help.h - what the tests of schema/ share: YAML in, faults and trees out as text. */
#pragma once

#include "document_help.h"
#include "schema_sample.h"

/* The tree of a text that must parse. */
static inline struct node *tree_of(struct arena *arena, const char *yaml)
{
	struct parsed parsed = parse(arena, yaml);

	assert_int_equal(parsed.result, 0);
	return parsed.root;
}

/* The record of a text that must read. */
static inline void *record_of(struct arena *arena, const struct record *record, const char *yaml)
{
	struct faults faults = {};
	void *value = record_new(arena, record);

	faults_init(&faults, arena);
	if (record_read(arena, record, tree_of(arena, yaml), NULL, value, &faults) < 0)
		fail_msg("%s", faults_text(arena, &faults, "x.yaml"));
	return value;
}

/* What is wrong with a text. */
static inline const char *mistakes(struct arena *arena, const struct record *record,
				   const char *yaml)
{
	struct faults faults = {};

	faults_init(&faults, arena);
	int result = record_read(arena, record, tree_of(arena, yaml), NULL,
				 record_new(arena, record), &faults);
	assert_int_equal(result, faults.count ? -1 : 0);
	return faults_text(arena, &faults, "x.yaml");
}

static inline const char *printed(struct arena *arena, const struct record *record,
				  const void *value)
{
	return tree_text(arena, record_print(arena, record, value, true));
}
