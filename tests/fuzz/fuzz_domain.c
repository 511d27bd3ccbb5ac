/* Any bytes as a domain's XML: what can be imported renders to all that it said. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "formats/domain.h"
#include "formats/xml_merge.h"
#include "resource/desired.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
	if (!holds)
		abort();
}

static void demand_nothing_lost(struct arena *arena, const char *original, const char *rendered)
{
	struct faults faults;

	faults_init(&faults, arena);
	XML_AUTO xmlDoc *want = xml_parse(original, strlen(original), &faults);
	XML_AUTO xmlDoc *have = xml_parse(rendered, strlen(rendered), &faults);
	demand(want && have);
	demand(xml_holds(xmlDocGetRootElement(have), xmlDocGetRootElement(want)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA_AUTO struct arena *arena = arena_new();
	const char *xml = arena_strndup(arena, (const char *)data, size);
	struct desired desired = { .arena = arena, .kinds = kinds, .items.arena = arena };
	const struct kind *guests = kind_find(kinds, "guests");
	struct text text = text_of(arena);
	struct faults faults;

	faults_init(&faults, arena);
	int found = guests->import(&desired.items, xml, &faults);
	demand((found < 0) == (faults.count > 0));
	if (found <= 0)
		return 0;
	struct item *item = desired.items.list.at[0];
	guests->complete(item, &desired, &faults);
	demand(guests->render(item, &(struct view){ &desired, NULL }, &text, &faults) == 0);
	demand_nothing_lost(arena, xml, text.at);
	return 0;
}
