/* Any bytes through document/: nothing crashes, every fault has a place in the text, and
 * what was read is written and read again to an equal tree. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "document/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken law: %s\n", what);
	abort();
}

static void check_faults(const struct sources *sources, const struct faults *faults)
{
	struct text text = text_of(faults->arena);
	unsigned shown = 0;

	for (const struct fault *fault = faults->first; fault; fault = fault->next) {
		demand(fault->kind == FAULT_DESCRIPTION, "a text is its author's");
		demand(fault->mark.line && fault->mark.column, "every fault has a place");
		demand(!fault->also.line || fault->also_is, "a second place says what it is");
		if (shown++ < 20)
			document_excerpt(&text, sources, fault->mark);
	}
}

static void check_written(struct arena *arena, const struct node *root)
{
	struct text first = text_of(arena), second = text_of(arena);
	struct node *again = NULL;
	struct sources sources;
	struct faults faults;

	sources_init(&sources, arena);
	faults_init(&faults, arena);
	node_write_yaml(&first, root);
	demand(document_parse(&sources, "again", first.at, first.size, &again, &faults) == 0,
	       "what is written can be read");
	demand(node_equal(root, again, false), "it is read to an equal tree");
	node_write_yaml(&second, again);
	demand(string_equal(first.at, second.at), "and written to the same bytes");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA_AUTO struct arena *arena = arena_new();
	struct node *root = NULL;
	struct sources sources;
	struct faults faults;

	sources_init(&sources, arena);
	faults_init(&faults, arena);
	int result = document_parse(&sources, "input", (const char *)data, size, &root, &faults);
	demand((result == 0) == (faults.count == 0), "-1 exactly when there is a fault");
	check_faults(&sources, &faults);
	if (!root)
		return 0;
	demand(node_equal(root, node_copy(arena, root), true), "a copy is equal");
	node_merge(arena, root, root);
	if (result == 0)
		check_written(arena, root);
	return 0;
}
