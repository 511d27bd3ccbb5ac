/* document_help.h - what the tests of document/ share: parse a text, put its faults
 * and its tree into one string each, so that a test is a table of two columns. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "document/document.h"

struct parsed {
	struct arena *arena;
	struct sources sources;
	struct faults faults;
	struct node *root;
	int result;
};

static inline struct parsed parse_bytes(struct arena *arena, const char *text, size_t size)
{
	struct parsed parsed = { .arena = arena };

	sources_init(&parsed.sources, arena);
	faults_init(&parsed.faults, arena);
	parsed.result =
		document_parse(&parsed.sources, "x.yaml", text, size, &parsed.root, &parsed.faults);
	assert_int_equal(parsed.result, parsed.faults.count ? -1 : 0);
	return parsed;
}

static inline struct parsed parse(struct arena *arena, const char *text)
{
	return parse_bytes(arena, text, strlen(text));
}

/* "2:3: message (1:1: what the other place is) [hint]", one line each; the file's name
 * stands before a place in another file than `file`. */
static inline const char *faults_text(struct arena *arena, const struct faults *faults,
				      const char *file)
{
	struct text text = text_of(arena);

	for (const struct fault *fault = faults->first; fault; fault = fault->next) {
		if (text.size)
			text_add(&text, "\n");
		if (fault->mark.line && !string_equal(fault->mark.file, file))
			text_addf(&text, "%s:", fault->mark.file);
		text_addf(&text, "%u:%u: %s", fault->mark.line, fault->mark.column, fault->message);
		if (fault->also.line)
			text_addf(&text, " (%s%s%u:%u: %s)",
				  string_equal(fault->also.file, file) ? "" : fault->also.file,
				  string_equal(fault->also.file, file) ? "" : ":", fault->also.line,
				  fault->also.column, fault->also_is);
		if (fault->hint)
			text_addf(&text, " [%s]", fault->hint);
	}
	return text.at;
}

/* The tree as one line: {key: word, list: ["quoted", ~]}; a broken node ends in "!". */
static inline void tree_add(struct text *text, const struct node *node)
{
	if (node->kind == NODE_NULL)
		text_add(text, "~");
	else if (node->kind == NODE_SCALAR)
		text_addf(text, node->quoted ? "\"%s\"" : "%s", node->text);
	else
		text_add(text, node->kind == NODE_MAP ? "{" : "[");
	NODE_EACH(child, node) {
		if (child != node->first)
			text_add(text, ", ");
		if (node->kind == NODE_MAP)
			text_addf(text, "%s: ", child->key);
		tree_add(text, child);
	}
	if (node->kind == NODE_MAP || node->kind == NODE_LIST)
		text_add(text, node->kind == NODE_MAP ? "}" : "]");
	if (node->broken)
		text_add(text, "!");
}

static inline const char *tree_text(struct arena *arena, const struct node *node)
{
	struct text text = text_of(arena);

	if (!node)
		return "(none)";
	tree_add(&text, node);
	return text.at;
}
