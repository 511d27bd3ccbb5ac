#include "formats/network.h"

#include <string.h>

#include "formats/xml.h"

#define MARK_NAMESPACE "urn:gasthof:1"

static void add_mark(xmlNode *root, const char *mark)
{
	xmlNode *item = xml_add(xml_make(root, "metadata"), "item");
	xmlNs *space = xmlNewNs(item, BAD_CAST MARK_NAMESPACE, BAD_CAST "gasthof");

	xmlSetNs(item, space);
	xml_set(item, "@name", mark);
}

void virt_network_print(struct text *text, const struct virt_network *network)
{
	XML_AUTO xmlDoc *document = xml_new("network");
	xmlNode *root = xmlDocGetRootElement(document);

	xml_set(root, "name", network->name);
	if (network->uuid)
		xml_set(root, "uuid", network->uuid);
	if (network->mark)
		add_mark(root, network->mark);
	xml_set(root, "forward@mode", "bridge");
	if (network->bridge)
		xml_set(root, "bridge@name", network->bridge);
	if (network->device)
		xml_set(root, "forward/interface@dev", network->device);
	xml_print(text, root);
}

static const char *mark_of(struct arena *arena, xmlNode *root)
{
	xmlNode *metadata = xml_at(root, "metadata");

	if (!metadata)
		return NULL;
	XML_EACH(item, metadata, NULL)
	if (xml_is(item, "item") && item->ns && item->ns->href &&
	    strcmp((const char *)item->ns->href, MARK_NAMESPACE) == 0)
		return xml_get(arena, item, "@name");
	return NULL;
}

int virt_network_read(struct arena *arena, const char *xml, struct virt_network *ret,
		      struct faults *faults)
{
	XML_AUTO xmlDoc *document = xml_parse(xml, strlen(xml), faults);

	if (!document)
		return -1;
	xmlNode *root = xmlDocGetRootElement(document);
	const char *forward = xml_get(arena, root, "forward@mode");
	*ret = (struct virt_network){
		.name = xml_get(arena, root, "name"),
		.uuid = xml_get(arena, root, "uuid"),
		.mark = mark_of(arena, root),
		.bridge = xml_get(arena, root, "bridge@name"),
		.device = xml_get(arena, root, "forward/interface@dev"),
		.forward = forward ? forward : "",
	};
	return 0;
}
