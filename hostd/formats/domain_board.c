/* domain_board.c - a guest that gets another board: what libvirt plugged into the old one. */
#include <string.h>

#include "formats/domain_parts.h"

static bool is_q35(const char *machine)
{
	return strcmp(machine, "q35") == 0 || string_starts(machine, "pc-q35-");
}

/* The machine it gets, where that is of another sort than the one it has. */
static bool is_another(const struct bind_context *context, xmlNode *root, const struct guest *guest)
{
	const char *is = xml_get(context->arena, root, "os/type@machine"), *want = is;

	if (GIVEN(&guest_record, guest, machine))
		want = guest->machine;
	else if (bind_resets(context, "machine"))
		want = "q35";
	return is && is_q35(is) != is_q35(want);
}

/* q35 comes with one (ICH9's TCO), and no other machine has it. */
static bool is_board_s(struct arena *arena, xmlNode *device)
{
	return xml_is(device, "controller") ||
	       (xml_is(device, "watchdog") && !xml_has(device, "alias") &&
		string_equal(xml_get(arena, device, "@model"), "itco"));
}

bool board_change(const struct bind_context *context, xmlNode *root, const struct guest *guest)
{
	if (!is_another(context, root, guest))
		return false;
	XML_EACH(device, xml_at(root, "devices"), NULL)
	{
		if (is_board_s(context->arena, device)) {
			xmlUnlinkNode(device);
			xmlFreeNode(device);
		} else if (string_equal(xml_get(context->arena, device, "address@type"), "pci")) {
			xml_remove(device, "address");
		}
	}
	return true;
}
