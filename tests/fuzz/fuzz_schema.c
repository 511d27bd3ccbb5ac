/* Any bytes through schema/, as a description of the sample record: nothing crashes, -1 goes
 * with a fault, and whatever could be read prints, reads back equal, and differs in nothing from
 * itself.  Each scalar is also tried on every type. */
#include <stdio.h>
#include <stdlib.h>

#include "../unit/schema_sample.h"
#include "document/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken law: %s\n", what);
	abort();
}

static struct node *parse(struct arena *arena, const char *text, size_t size)
{
	struct node *root = NULL;
	struct sources sources;
	struct faults faults;

	sources_init(&sources, arena);
	faults_init(&faults, arena);
	if (document_parse(&sources, "fuzz", text, size, &root, &faults) < 0)
		demand(faults.count, "-1 goes with a fault");
	return root;
}

static bool read_guest(struct arena *arena, const struct node *tree, void *guest)
{
	struct faults faults;

	faults_init(&faults, arena);
	int result = record_read(arena, &guest_record, tree, NULL, guest, &faults);
	demand(result == (faults.count ? -1 : 0), "-1 goes with a fault");
	for (const struct fault *fault = faults.first; fault; fault = fault->next)
		demand(fault->kind == FAULT_DESCRIPTION && *fault->message,
		       "a fault says something");
	return result == 0;
}

static void check_laws(struct arena *arena, const void *guest)
{
	struct paths paths = { .arena = arena };
	struct text yaml = text_of(arena);
	void *again = record_new(arena, &guest_record);

	node_write_yaml(&yaml, record_print(arena, &guest_record, guest, true));
	demand(read_guest(arena, parse(arena, yaml.at, yaml.size), again), "printing reads back");
	demand(record_equal(&guest_record, guest, again), "printing reads back equal");
	record_compare(&guest_record, guest, again, again, IN_CONFIGURED | IN_RUNNING, &paths);
	demand(!paths.count, "nothing differs from itself");
	demand(record_equal(&guest_record, guest, record_merge(arena, &guest_record, again, guest)),
	       "merging with itself changes nothing");
}

static void check_scalar(struct arena *arena, const struct node *node)
{
	static const struct type *const types[] = {
		&type_flag,   &type_count,  &type_number,   &type_text,   &type_bytes,
		&type_span,   &type_cpus,   &type_rate,     &type_mac,    &type_address,
		&type_prefix, &type_listen, &type_endpoint, &type_digest, &type_pci,
		&type_name,   &type_path,   &type_block,    &type_url,
	};

	for (size_t i = 0; i < COUNT_OF(types); i++) {
		void *value = arena_alloc(arena, types[i]->size);
		void *again = arena_alloc(arena, types[i]->size);
		struct faults faults;
		faults_init(&faults, arena);
		if (types[i]->read(arena, NULL, node, value, &faults) < 0) {
			demand(faults.count == 1, "one mistake, one fault");
			continue;
		}
		const struct node *printed =
			node_quoted(arena, type_text_of(types[i], value, arena));
		demand(types[i]->read(arena, NULL, printed, again, &faults) == 0 &&
			       types[i]->equal(value, again),
		       "a value prints and reads back equal");
	}
}

/* Aliases make many of few: the first ones do. */
static void check_scalars(struct arena *arena, const struct node *node, unsigned *left)
{
	if (node->kind == NODE_SCALAR && *left) {
		check_scalar(arena, node);
		--*left;
	}
	NODE_EACH(child, node)
		check_scalars(arena, child, left);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA_AUTO struct arena *arena = arena_new();
	unsigned scalars = 200;
	struct node *root = parse(arena, (const char *)data, size);

	/* Large trees are slow to look at from all sides, and show nothing that small ones do not.
	 */
	if (!root || size > 4096)
		return 0;
	void *guest = record_new(arena, &guest_record);
	void *normal = record_new(arena, &guest_record);
	bool reads = read_guest(arena, root, guest);
	check_scalars(arena, root, &scalars);
	record_normalise(arena, &guest_record, root);
	demand(read_guest(arena, root, normal) == reads, "normalising changes no verdict");
	demand(record_equal(&guest_record, guest, normal), "normalising changes no meaning");
	if (reads)
		check_laws(arena, guest);
	return 0;
}
