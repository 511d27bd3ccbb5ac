#include "formats/pool.h"

#include <string.h>

#include "formats/xml.h"

int pool_read(struct arena *arena, const char *xml, struct pool_definition *ret,
	      struct faults *faults)
{
	XML_AUTO xmlDoc *doc = xml_parse(xml, strlen(xml), faults);

	if (!doc)
		return -1;
	xmlNode *root = xmlDocGetRootElement(doc);
	struct pool_definition pool = {
		.name = xml_get(arena, root, "name"),
		.uuid = xml_get(arena, root, "uuid"),
		.type = xml_get(arena, root, "@type"),
		.path = xml_get(arena, root, "target/path"),
	};
	if (!xml_is(root, "pool") || !pool.name || !pool.type)
		return fault(faults, FAULT_HOST, "it is no pool XML");
	*ret = pool;
	return 0;
}

void pool_write(struct text *text, const struct pool_definition *pool)
{
	XML_AUTO xmlDoc *doc = xml_new("pool");
	xmlNode *root = xmlDocGetRootElement(doc);

	xml_set(root, "@type", pool->type);
	xml_set(root, "name", pool->name);
	xml_set(root, "uuid", pool->uuid);
	xml_set(root, "target/path", pool->path);
	xml_print(text, root);
}
