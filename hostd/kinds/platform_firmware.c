/* platform_firmware.c - how the machine was booted, and what its firmware guards.
 *
 * EFI variables as Documentation/filesystems/efivarfs.rst has them: four bytes of attributes, then
 * the value; SecureBoot and SetupMode are one byte each (UEFI specification, 3.3).
 */
#include "kinds/platform_look.h"

#define EFI    "/sys/firmware/efi"
#define GLOBAL "-8be4df61-93ca-11d2-aa0d-00e098032b8c"

/* Two of the firmware's own words about the machine, which root is not needed for (dmidecode(8)).
 */
static const char *dmi_words(struct looking *looking, const char *first, const char *second)
{
	const char *const names[] = { first, second };
	struct text words = text_of(looking->arena);
	const char *line = NULL;

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const char *path = arena_printf(looking->arena, "/sys/class/dmi/id/%s", names[i]);
		if (look_line(looking, path, &line) == 1 && *line)
			text_addf(&words, "%s%s", words.size ? " " : "", line);
	}
	return words.at;
}

void look_firmware(struct looking *looking)
{
	struct platform *platform = looking->platform;
	struct host_names names = {};
	int there = look_list(looking, EFI, &names);
	const char *date = NULL;

	platform->firmware = there == 1 ? "uefi" : there == 0 ? "bios" : NULL;
	platform->product = dmi_words(looking, "sys_vendor", "product_name");
	platform->board = dmi_words(looking, "board_vendor", "board_name");
	platform->firmware_version = dmi_words(looking, "bios_vendor", "bios_version");
	if (look_line(looking, "/sys/class/dmi/id/bios_date", &date) == 1 && *date)
		platform->firmware_version =
			arena_printf(looking->arena, "%s of %s", platform->firmware_version, date);
}

enum capability_state look_uefi(struct looking *looking, const struct capability_row *row)
{
	struct host_names names = {};
	int there = look_list(looking, EFI, &names);

	(void)row;
	return there < 0 ? CAPABILITY_UNKNOWN : there ? CAPABILITY_PRESENT : CAPABILITY_ABSENT;
}

/* The value of a variable of one byte; -1: not there, -2: could not look. */
static int efi_byte(struct looking *looking, const char *name)
{
	enum { ATTRIBUTES = 4 };
	const char *text = NULL;
	size_t size = 0;
	const char *path = arena_printf(looking->arena, EFI "/efivars/%s" GLOBAL, name);
	int there = host_read(looking->host, path, &text, &size, &looking->faults);

	if (there < 0)
		looking->evidence = fault_last(&looking->faults)->message;
	faults_init(&looking->faults, looking->arena);
	if (there < 0)
		return -2;
	return there && size > ATTRIBUTES ? (unsigned char)text[ATTRIBUTES] : -1;
}

/* Without a single variable efivarfs is not mounted. */
static bool has_variables(struct looking *looking)
{
	struct host_names names = {};

	return look_list(looking, EFI "/efivars", &names) == 1 && names.list.count > 0;
}

enum capability_state look_secure_boot(struct looking *looking, const struct capability_row *row)
{
	enum capability_state uefi = look_uefi(looking, row);
	int on = -1;

	if (uefi != CAPABILITY_PRESENT)
		return uefi;
	if (!has_variables(looking))
		return look_says(looking, CAPABILITY_UNKNOWN, "no variables in " EFI "/efivars");
	on = efi_byte(looking, "SecureBoot");
	if (on == -2)
		return CAPABILITY_UNKNOWN;
	if (on == 1)
		return look_says(looking, CAPABILITY_PRESENT, "EFI variable SecureBoot is 1");
	if (on < 0)
		return look_says(looking, CAPABILITY_ABSENT, "no EFI variable SecureBoot");
	return look_says(looking, CAPABILITY_OFF_FIRMWARE, "EFI variable SecureBoot is 0%s",
			 efi_byte(looking, "SetupMode") == 1 ? ", SetupMode is 1: no keys" : "");
}

/* The firmware's table "TPM2" (TCG ACPI specification) tells of one that no driver took. */
enum capability_state look_tpm(struct looking *looking, const struct capability_row *row)
{
	struct host_file file = {};
	const char *version = NULL;
	int there = look_line(looking, "/sys/class/tpm/tpm0/tpm_version_major", &version);

	(void)row;
	if (there < 0)
		return CAPABILITY_UNKNOWN;
	if (there)
		return look_says(looking, *version == '2' ? CAPABILITY_PRESENT : CAPABILITY_ABSENT,
				 "/sys/class/tpm/tpm0 is a TPM %s", version);
	if (look_stat(looking, "/sys/firmware/acpi/tables/TPM2", &file) == 1)
		return look_says(looking, CAPABILITY_OFF_KERNEL,
				 "ACPI table TPM2, but no /sys/class/tpm/tpm0");
	return look_says(looking, CAPABILITY_ABSENT, "no /sys/class/tpm/tpm0, no ACPI table TPM2");
}
