/* sriov_file.c - virtual functions as systemd.link(5), both ways.
 *
 * The first .link file that matches a card is the only one that counts: ours comes behind every
 * file that a person would write and says what Debian's 99-default.link says besides.
 */
#include <stdlib.h>
#include <string.h>

#include "formats/ini.h"
#include "formats/ours.h"
#include "kinds/sriov.h"

const char *sriov_file_path(struct arena *arena, const char *handle)
{
	return arena_printf(arena, "/etc/systemd/network/98-gasthof-sriov-%s.link", handle);
}

const char *sriov_early_path(struct arena *arena, const char *handle)
{
	return arena_printf(arena, "/etc/tmpfiles.d/gasthof-sriov-%s.conf", handle);
}

/* ---- writing ---- */

static const char *yes(bool flag)
{
	return flag ? "yes" : "no";
}

#define GIVES(vf, member) GIVEN(&sriov_vf_record, vf, member)

static void vf_write(struct text *text, const struct member *member)
{
	const struct sriov_vf *vf = member->value;

	text_addf(text, "\n[SR-IOV]\nVirtualFunction=%s\n", member->name);
	if (GIVES(vf, mac))
		text_addf(text, "MACAddress=%s\n", mac_text(text->arena, &vf->mac));
	if (GIVES(vf, vlan) && vf->vlan)
		text_addf(text, "VLANId=%u\n", vf->vlan);
	if (GIVES(vf, spoof_check))
		text_addf(text, "MACSpoofCheck=%s\n", yes(vf->spoof_check));
	if (GIVES(vf, trust))
		text_addf(text, "Trust=%s\n", yes(vf->trust));
	if (!GIVES(vf, link_state))
		return;
	bool word = string_equal(vf->link_state, "auto");
	text_addf(text, "LinkState=%s\n", word ? "auto" : yes(string_equal(vf->link_state, "up")));
}

const char *sriov_file(struct arena *arena, const char *handle, const struct sriov *sriov)
{
	struct text text = text_of(arena);

	ours_header(&text, arena_printf(arena, "sriov.%s", handle));
	text_add(&text, "[Match]\n");
	if (GIVEN(&sriov_record, sriov, address))
		text_addf(&text, "Path=pci-%s\n", pci_text(arena, &sriov->address));
	else
		text_add(&text, "# Path= of the card, which only its machine knows\n");
	text_addf(&text,
		  "\n[Link]\nNamePolicy=keep kernel database onboard slot path\n"
		  "AlternativeNamesPolicy=database onboard slot path mac\n"
		  "MACAddressPolicy=persistent\nSR-IOVVirtualFunctions=%u\n",
		  sriov->vfs);
	for (size_t i = 0; i < sriov->vf.count; i++)
		vf_write(&text, &sriov->vf.at[i]);
	return text.at;
}

const char *sriov_early(struct arena *arena, const char *handle, const struct sriov *sriov)
{
	struct text text = text_of(arena);

	ours_header(&text, arena_printf(arena, "sriov.%s", handle));
	text_addf(&text, "w- /sys/bus/pci/devices/%s/sriov_drivers_autoprobe - - - - 0\n",
		  pci_text(arena, &sriov->address));
	return text.at;
}

/* ---- reading ---- */

static void vf_read(struct sriov_vf *vf, const struct ini *ini)
{
	struct mac mac;
	bool flag = strcmp(ini->value, "yes") == 0;

	if (strcmp(ini->key, "MACAddress") == 0 && mac_parse(ini->value, &mac))
		SET(&sriov_vf_record, vf, mac, mac);
	else if (strcmp(ini->key, "VLANId") == 0)
		SET(&sriov_vf_record, vf, vlan, (uint32_t)strtoul(ini->value, NULL, 10));
	else if (strcmp(ini->key, "MACSpoofCheck") == 0)
		SET(&sriov_vf_record, vf, spoof_check, flag);
	else if (strcmp(ini->key, "Trust") == 0)
		SET(&sriov_vf_record, vf, trust, flag);
	else if (strcmp(ini->key, "LinkState") == 0)
		SET(&sriov_vf_record, vf, link_state,
		    strcmp(ini->value, "auto") == 0 ? "auto"
		    : flag                          ? "up"
						    : "down");
}

static struct sriov_vf *vf_begin(struct arena *arena, struct sriov *sriov, const char *number)
{
	struct sriov_vf *vf = map_add(arena, &sriov->vf, &sriov_vf_record, number);

	SET(&sriov_vf_record, vf, vlan, 0); /* no line says so */
	return vf;
}

void sriov_file_read(struct arena *arena, const char *handle, const char *text, struct sriov *sriov)
{
	struct ini ini = ini_of(arena, text);
	struct sriov_vf *vf = NULL;
	struct pci address;

	sriov->file_text = text;
	record_give(&sriov_record, sriov, offsetof(struct sriov, vf), true);
	while (ini_next(&ini)) {
		if (ini_is(&ini, "Match", "Path") && string_starts(ini.value, "pci-") &&
		    pci_parse(ini.value + strlen("pci-"), &address))
			SET(&sriov_record, sriov, address, address);
		else if (ini_is(&ini, "Link", "SR-IOVVirtualFunctions"))
			SET(&sriov_record, sriov, vfs, (uint32_t)strtoul(ini.value, NULL, 10));
		else if (ini_is(&ini, "SR-IOV", "VirtualFunction"))
			vf = vf_begin(arena, sriov, ini.value);
		else if (strcmp(ini.section, "SR-IOV") == 0 && vf)
			vf_read(vf, &ini);
	}
	SET(&sriov_record, sriov, other, file_apart(arena, text, sriov_file(arena, handle, sriov)));
}
