/* kinds: boot, by each of the loaders that try a new line. */
#include "formats/trial.h"
#include "kinds_help.h"

/* ---- systemd-boot ---- */

#define OWN     "roothash=12 root=/dev/mapper/root ro console=tty0 console=ttyS0"
#define ENTRIES "fs/efi/loader/entries/"
#define TRIAL   "fs/var/lib/gasthof/boot/trial"
#define VERDICT "fs/var/lib/gasthof/boot/verdict"
#define VARS    "fs/sys/firmware/efi/efivars/"

static void put_variables(struct lab *lab, bool secure)
{
	static const char loader[] = "\6\0\0\0s\0y\0s\0t\0e\0m\0d\0-\0b\0o\0o\0t\0 \0002\0";
	const char state[] = { 6, 0, 0, 0, secure };

	lab_put_bytes(lab, VARS "LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f", loader,
		      sizeof(loader) - 1);
	lab_put_bytes(lab, VARS "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", state,
		      sizeof(state));
}

static void boots(struct lab *lab, const char *boot_id, const char *line)
{
	lab_put(lab, "fs/proc/sys/kernel/random/boot_id", boot_id);
	lab_put(lab, "fs/proc/cmdline", arena_printf(lab->arena, "%s\n", line));
}

static void appliance(struct lab *lab)
{
	put_variables(lab, false);
	lab_put(lab, "fs/usr/lib/os-release", "IMAGE_ID=gasthof\nIMAGE_VERSION=0.1-ab12\n");
	lab_put(lab, "fs/efi/loader/entries/gasthof-0.1-ab12.conf",
		"title   Gasthof\nsort-key gasthof\nversion 0.1-ab12\n"
		"efi     /EFI/gasthof/gasthof-0.1-ab12.efi\noptions " OWN "\n");
	lab_put(lab, "fs/sys/class/watchdog/watchdog0/state", "inactive\n");
	lab_put(lab, "links.json",
		"[{\"name\": \"lo\", \"index\": 1, \"loopback\": true, \"addresses\": "
		"[\"127.0.0.1/8\"]}, {\"name\": \"eno1\", \"index\": 2, \"addresses\": "
		"[\"10.0.0.2/24\"]}]");
	boots(lab, "one\n", OWN);
}

/* B7 */
static void a_line_is_tried_beside_the_good_one(void **state)
{
	struct lab *lab = *state;

	appliance(lab);
	assert_string_equal(lab_describe(lab, "kernel: {args: {mitigations: auto, nosmt: true}}\n"),
			    "");
	assert_string_equal(lab_plan(lab),
			    "boot: change\n"
			    "  file_remove path=\"/var/lib/gasthof/boot/verdict\"\n"
			    "  file_write path=\"/var/lib/gasthof/boot/trial\" mode=\"0600\"\n"
			    "  file_remove path=\"/efi/loader/gasthof-trial\"\n"
			    "  file_write path=\"/efi/loader/entries/gasthof-0.1-ab12-1+1.conf\" "
			    "mode=\"0700\"\n"
			    "  host_reboot method=\"firmware\"\n");
	assert_int_equal(lab->plan.class, CLASS_REBOOT);
	lab_perform(lab);
	assert_string_equal(lab_get(lab, ENTRIES "gasthof-0.1-ab12-1+1.conf"),
			    "# made by gasthof for boot; changes here are overwritten\n"
			    "title    Gasthof 0.1-ab12, arguments 1\n"
			    "sort-key gasthof\n"
			    "version  0.1-ab12^1\n"
			    "efi      /EFI/gasthof/gasthof-0.1-ab12.efi\n"
			    "options  " OWN " mitigations=auto nosmt gasthof.trial=1 panic=30 "
			    "systemd.watchdog_sec=120\n");
	assert_string_equal(lab_get(lab, TRIAL), "generation: 1\n"
						 "line: " OWN " mitigations=auto nosmt\n"
						 "changed: +mitigations=auto +nosmt\n"
						 "loader: systemd-boot\n"
						 "boot: one\n"
						 "agent: false\n"
						 "links:\n  - eno1\n"
						 "faults: []\n");
}

/* What was prepared is only booted; a description that goes back takes it away again. */
static void a_line_that_was_not_tried_yet_can_be_given_up(void **state)
{
	struct lab *lab = *state;

	a_line_is_tried_beside_the_good_one(state);
	assert_string_equal(lab_plan(lab), "boot: change\n  host_reboot method=\"firmware\"\n");
	lab_describe(lab, "boot: {when: next}\nkernel: {args: {mitigations: auto, nosmt: true}}\n");
	assert_string_equal(lab_plan(lab),
			    "boot: change\n"
			    "  wait reboot: the next boot gets the line that is described\n");
	lab_describe(lab, "");
	assert_string_equal(lab_plan(lab),
			    "boot: remove\n"
			    "  file_remove path=\"/efi/loader/entries/gasthof-0.1-ab12-1+1.conf\"\n"
			    "  file_remove path=\"/var/lib/gasthof/boot/trial\"\n"
			    "  file_remove path=\"/var/lib/gasthof/boot/verdict\"\n");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

static void trial_boots(struct lab *lab, const char *counted)
{
	const char *now = lab_get(lab, ENTRIES "gasthof-0.1-ab12-1+1.conf");

	assert_non_null(now);
	remove(lab_path(lab, ENTRIES "gasthof-0.1-ab12-1+1.conf"));
	lab_put(lab, arena_printf(lab->arena, ENTRIES "gasthof-0.1-ab12-1%s.conf", counted), now);
}

static void a_line_that_was_healthy_is_kept_without_the_words_of_the_trial(void **state)
{
	struct lab *lab = *state;

	a_line_is_tried_beside_the_good_one(state);
	trial_boots(lab, "+0-1");
	boots(lab, "two\n", OWN " mitigations=auto nosmt gasthof.trial=1 panic=30");
	assert_string_equal(lab_plan(lab), "");
	/* Judged, but its loader has not been told yet. */
	lab_put(lab, VERDICT, "generation: 1\nhealthy: true\n");
	assert_string_equal(lab_plan(lab), "");
	remove(lab_path(lab, ENTRIES "gasthof-0.1-ab12-1+0-1.conf"));
	lab_put(lab, ENTRIES "gasthof-0.1-ab12-1.conf",
		"version 0.1-ab12^1\nefi /EFI/gasthof/gasthof-0.1-ab12.efi\noptions " OWN
		" mitigations=auto nosmt gasthof.trial=1 panic=30\n");
	assert_string_equal(
		lab_plan(lab),
		"boot: change\n"
		"  file_write path=\"/efi/loader/entries/gasthof-0.1-ab12-1.conf\" mode=\"0700\"\n"
		"  file_remove path=\"/var/lib/gasthof/boot/trial\"\n"
		"  file_remove path=\"/var/lib/gasthof/boot/verdict\"\n");
	assert_int_equal(lab->plan.class, CLASS_NONE);
	lab_perform(lab);
	assert_non_null(strstr(lab_get(lab, ENTRIES "gasthof-0.1-ab12-1.conf"),
			       "options  " OWN " mitigations=auto nosmt\n"));
	assert_string_equal(lab_plan(lab), "");

	/* The next one takes its place in time; words no longer described go, the image's stay. */
	lab_describe(lab, "kernel: {args: {mitigations: auto, console: ttyS0}}\n");
	assert_non_null(strstr(lab_plan(lab), "gasthof-0.1-ab12-2+1.conf"));
	assert_null(strstr(lab_plan(lab), "gasthof-0.1-ab12-1.conf"));
	lab_perform(lab);
	assert_non_null(strstr(lab_get(lab, ENTRIES "gasthof-0.1-ab12-2+1.conf"),
			       "options  " OWN " mitigations=auto gasthof.trial=2"));
}

static void a_line_that_failed_is_not_tried_again(void **state)
{
	struct lab *lab = *state;

	a_line_is_tried_beside_the_good_one(state);
	trial_boots(lab, "+0-1");
	boots(lab, "three\n", OWN);
	assert_string_equal(lab_plan(lab), "+mitigations=auto +nosmt was tried on the kernel's "
					   "command line and failed: it panicked or hung before "
					   "user space\n");
	lab_put(lab, "fs/efi/loader/gasthof-trial", "1 the initrd did not reach /dev/x \n");
	assert_non_null(strstr(lab_plan(lab), "failed: the initrd did not reach /dev/x\n"));
	lab_put(lab, VERDICT, "generation: 1\nhealthy: false\nwhy: link eno1 has no address\n");
	assert_non_null(strstr(lab_plan(lab), "failed: link eno1 has no address\n"));
	/* What is not described any more is not a fault either; other words are another trial. */
	lab_describe(lab, "kernel: {args: {mitigations: auto}}\n");
	const char *plan = lab_plan(lab);
	assert_non_null(strstr(plan, "file_remove path=\"/efi/loader/entries/"
				     "gasthof-0.1-ab12-1+0-1.conf\"\n"));
	assert_non_null(strstr(plan, "file_write path=\"/efi/loader/entries/"
				     "gasthof-0.1-ab12-2+1.conf\""));
}

/* The loader still holds it, so it is not the line's fault. */
static void a_line_that_the_loader_did_not_take_has_not_failed(void **state)
{
	struct lab *lab = *state;

	a_line_is_tried_beside_the_good_one(state);
	boots(lab, "two\n", OWN);
	assert_string_equal(lab_plan(lab), "the machine was rebooted for +mitigations=auto +nosmt "
					   "and came up without\n");
}

/* Somebody chose another entry at the menu: once the machine is booted again, not for ever. */
static void a_line_that_is_always_booted_and_does_not_run_is_booted_once(void **state)
{
	struct lab *lab = *state;

	appliance(lab);
	lab_describe(lab, "kernel: {args: {nosmt: true}}\n");
	lab_put(lab, ENTRIES "gasthof-0.1-ab12-4.conf",
		"efi /EFI/gasthof/gasthof-0.1-ab12.efi\noptions " OWN " nosmt\n");
	assert_string_equal(lab_plan(lab),
			    "boot: change\n"
			    "  file_remove path=\"/var/lib/gasthof/boot/verdict\"\n"
			    "  file_write path=\"/var/lib/gasthof/boot/trial\" mode=\"0600\"\n"
			    "  host_reboot method=\"firmware\"\n");
	lab_perform(lab);
	boots(lab, "two\n", OWN);
	assert_string_equal(lab_plan(lab),
			    "the machine was rebooted for +nosmt and came up without\n");
	boots(lab, "three\n", OWN " nosmt");
	assert_string_equal(lab_plan(lab),
			    "boot: change\n"
			    "  file_remove path=\"/var/lib/gasthof/boot/trial\"\n"
			    "  file_remove path=\"/var/lib/gasthof/boot/verdict\"\n");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

static void with_secure_boot_only_signed_words_count(void **state)
{
	struct lab *lab = *state;

	appliance(lab);
	put_variables(lab, true);
	lab_describe(lab, "kernel: {args: {nosmt: true}}\n");
	assert_string_equal(lab_plan(lab), "Secure Boot is on, and no signed addon in "
					   "/etc/gasthof/addons says +nosmt on the kernel's "
					   "command line\n");
	boots(lab, "one\n", OWN " nosmt");
	assert_string_equal(lab_plan(lab), "");
}

/* The file of an addon as far as it is read: one section, and a certificate or none. */
static void put_addon(struct lab *lab, const char *path, const char *words, bool is_signed)
{
	enum { OPTIONAL = 0x58, ROWS = OPTIONAL + 240, BODY = 0x200 };
	char file[BODY + 64] = "MZ";

	file[0x3c] = 0x40;
	memcpy(file + 0x40, "PE\0\0\x64\x86\1", 7);
	file[0x40 + 20] = (char)240;
	memcpy(file + OPTIONAL, "\x0b\2", 2);
	file[OPTIONAL + 112 + 4 * 8 + 4] = is_signed;
	memcpy(file + ROWS, ".cmdline", 8);
	file[ROWS + 8] = (char)strlen(words);
	file[ROWS + 16] = 64;
	file[ROWS + 21] = BODY >> 8;
	strcpy(file + BODY, words);
	lab_put_bytes(lab, path, file, sizeof(file));
}

/* Stamped beside the image's own: in force from the first boot on, with no trial. */
static void a_stamped_addon_says_the_words_and_is_booted_once(void **state)
{
	static const char addon[] =
		"fs/efi/EFI/gasthof/gasthof-0.1-ab12.efi.extra.d/args.addon.efi";
	struct lab *lab = *state;

	appliance(lab);
	put_variables(lab, true);
	lab_describe(lab, "kernel: {args: {nosmt: true}}\n");
	put_addon(lab, addon, "nosmt quiet", false);
	assert_non_null(strstr(lab_plan(lab), "no signed addon in"));
	put_addon(lab, addon, "nosmt quiet", true);
	assert_string_equal(lab_plan(lab),
			    "boot: change\n"
			    "  file_remove path=\"/var/lib/gasthof/boot/verdict\"\n"
			    "  file_write path=\"/var/lib/gasthof/boot/trial\" mode=\"0600\"\n"
			    "  host_reboot method=\"firmware\"\n");
	lab_perform(lab);
	/* The firmware does not know who signed it. */
	boots(lab, "two\n", OWN);
	assert_string_equal(lab_plan(lab),
			    "the machine was rebooted for +nosmt +quiet and came up without\n");
	boots(lab, "three\n", OWN " nosmt quiet");
	assert_non_null(
		strstr(lab_plan(lab), "file_remove path=\"/var/lib/gasthof/boot/trial\"\n"));
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

#define OFFERED "fs/etc/gasthof/addons/"

/* What an addon says has to be just what is missing, and come with the word of a trial. */
static void an_offered_addon_is_taken_or_the_refusal_says_why(void **state)
{
	struct lab *lab = *state;

	appliance(lab);
	put_variables(lab, true);
	lab_describe(lab, "kernel: {args: {nosmt: true, mitigations: auto}}\n");
	lab_plan(lab);
	assert_non_null(strstr(lab->hint,
			       "installer/addon --trial --key KEY --certificate "
			       "CERTIFICATE -o NAME.addon.efi nosmt "
			       "mitigations=auto; then put it into /etc/gasthof/addons"));
	put_addon(lab, OFFERED "a.addon.efi", "nosmt mitigations=auto gasthof.trial=7", false);
	put_addon(lab, OFFERED "b.addon.efi", "nosmt mitigations=auto", true);
	put_addon(lab, OFFERED "c.addon.efi", "nosmt gasthof.trial=8", true);
	assert_non_null(strstr(lab_plan(lab), "no signed addon in"));
	assert_non_null(strstr(lab->hint,
			       "(a.addon.efi says nosmt mitigations=auto, and is not signed; "
			       "b.addon.efi says nosmt mitigations=auto, and was made without "
			       "--trial; c.addon.efi says nosmt)"));
}

static void an_addon_is_prepared(struct lab *lab, const char *said)
{
	appliance(lab);
	put_variables(lab, true);
	put_addon(lab, "fs/efi/EFI/gasthof/gasthof-0.1-ab12.efi.extra.d/site.addon.efi",
		  "console=ttyS0", true);
	lab_describe(lab, "kernel: {args: {nosmt: true}}\n");
	put_addon(lab, OFFERED "a.addon.efi", said, true);
	assert_string_equal(lab_plan(lab),
			    "boot: change\n"
			    "  file_remove path=\"/var/lib/gasthof/boot/verdict\"\n"
			    "  file_write path=\"/var/lib/gasthof/boot/trial\" mode=\"0600\"\n"
			    "  file_remove path=\"/efi/loader/gasthof-trial\"\n"
			    "  file_copy path=\"/efi/EFI/gasthof/gasthof-0.1-ab12-7.efi\" "
			    "source=\"/efi/EFI/gasthof/gasthof-0.1-ab12.efi\" mode=\"0700\"\n"
			    "  file_write path=\"/efi/EFI/gasthof/gasthof-0.1-ab12-7.efi.extra.d/"
			    "site.addon.efi\" mode=\"0700\"\n"
			    "  file_write path=\"/efi/EFI/gasthof/gasthof-0.1-ab12-7.efi.extra.d/"
			    "zz-gasthof.addon.efi\" mode=\"0700\"\n"
			    "  file_write path=\"/efi/loader/entries/gasthof-0.1-ab12-7+1.conf\" "
			    "mode=\"0700\"\n"
			    "  host_reboot method=\"firmware\"\n");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "boot: change\n  host_reboot method=\"firmware\"\n");
}

/* The loader has counted its only try, and says what it started. */
static void addon_boots(struct lab *lab, const char *boot_id, const char *line)
{
	static const char selected[] =
		"\6\0\0\0g\0a\0s\0t\0h\0o\0f\0-\0000\0.\0001\0-\0a\0b\0001\0002\0-\0007\0+\0001\0"
		".\0c\0o\0n\0f\0";
	const char *now = lab_get(lab, ENTRIES "gasthof-0.1-ab12-7+1.conf");

	assert_non_null(now);
	remove(lab_path(lab, ENTRIES "gasthof-0.1-ab12-7+1.conf"));
	lab_put(lab, ENTRIES "gasthof-0.1-ab12-7+0-1.conf", now);
	lab_put_bytes(lab, VARS "LoaderEntrySelected-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f",
		      selected, sizeof(selected) - 1);
	boots(lab, boot_id, line);
}

/* B7 */
static void an_addon_is_tried_kept_and_taken_back(void **state)
{
	struct lab *lab = *state;

	an_addon_is_prepared(lab, "nosmt gasthof.trial=7 panic=30");
	addon_boots(lab, "two\n", OWN " nosmt gasthof.trial=7 panic=30");
	assert_string_equal(lab_plan(lab), "");
	lab_put(lab, ENTRIES "gasthof-0.1-ab12-7.conf",
		lab_get(lab, ENTRIES "gasthof-0.1-ab12-7+0-1.conf"));
	remove(lab_path(lab, ENTRIES "gasthof-0.1-ab12-7+0-1.conf"));
	lab_put(lab, VERDICT, "generation: 7\nhealthy: true\n");
	assert_string_equal(lab_plan(lab),
			    "boot: change\n"
			    "  file_remove path=\"/var/lib/gasthof/boot/trial\"\n"
			    "  file_remove path=\"/var/lib/gasthof/boot/verdict\"\n");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
	/* No addon is needed for what the image says itself; the copy goes with its entry. */
	lab_describe(lab, "");
	assert_string_equal(
		lab_plan(lab),
		"boot: remove\n"
		"  file_remove path=\"/var/lib/gasthof/boot/verdict\"\n"
		"  file_write path=\"/var/lib/gasthof/boot/trial\" mode=\"0600\"\n"
		"  file_remove path=\"/efi/loader/entries/gasthof-0.1-ab12-7.conf\"\n"
		"  file_remove path=\"/efi/EFI/gasthof/gasthof-0.1-ab12-7.efi.extra.d/"
		"site.addon.efi\"\n"
		"  file_remove path=\"/efi/EFI/gasthof/gasthof-0.1-ab12-7.efi.extra.d/"
		"zz-gasthof.addon.efi\"\n"
		"  directory_remove path=\"/efi/EFI/gasthof/gasthof-0.1-ab12-7.efi.extra.d\"\n"
		"  copy_remove path=\"/efi/EFI/gasthof/gasthof-0.1-ab12-7.efi\" "
		"source=\"/efi/EFI/gasthof/gasthof-0.1-ab12.efi\" mode=\"0700\"\n"
		"  host_reboot method=\"firmware\"\n");
}

/* The firmware started the copy and dropped its addon: said so, and not tried again until another
 * one is offered. */
static void an_addon_that_the_firmware_drops_has_failed(void **state)
{
	static const char failed[] =
		"+nosmt was tried on the kernel's command line and failed: the firmware started "
		"the boot image without its addon, which is not signed with a key that it knows\n";
	struct lab *lab = *state;

	an_addon_is_prepared(lab, "nosmt gasthof.trial=7 panic=30");
	addon_boots(lab, "two\n", OWN);
	assert_string_equal(lab_plan(lab), failed);
	/* That boot was healthy without it, and systemd keeps its entry: it says nothing all the
	 * same. */
	lab_put(lab, ENTRIES "gasthof-0.1-ab12-7.conf",
		lab_get(lab, ENTRIES "gasthof-0.1-ab12-7+0-1.conf"));
	remove(lab_path(lab, ENTRIES "gasthof-0.1-ab12-7+0-1.conf"));
	assert_string_equal(lab_plan(lab), failed);
	put_addon(lab, OFFERED "b.addon.efi", "nosmt gasthof.trial=9 panic=30", true);
	const char *plan = lab_plan(lab);
	assert_non_null(strstr(plan, "  copy_remove path=\"/efi/EFI/gasthof/"
				     "gasthof-0.1-ab12-7.efi\""));
	assert_non_null(strstr(plan, "  file_write path=\"/efi/loader/entries/"
				     "gasthof-0.1-ab12-9+1.conf\""));
}

static void without_a_watchdog_the_plan_says_so(void **state)
{
	struct lab *lab = *state;

	appliance(lab);
	remove(lab_path(lab, "fs/sys/class/watchdog/watchdog0/state"));
	remove(lab_path(lab, "fs/sys/class/watchdog/watchdog0"));
	lab_describe(lab, "kernel: {args: {nosmt: true}}\n");
	lab_plan(lab);
	const struct steps *steps = &plan_find(&lab->plan, "boot")->steps;
	assert_int_equal(steps->notes.count, 5);
	assert_string_equal(steps->notes.at[1], "it is to say: " OWN " nosmt");
	assert_string_equal(steps->notes.at[2], "words that differ: +nosmt");
	assert_non_null(strstr(steps->notes.at[4], "no hardware watchdog"));
}

/* ---- GRUB ---- */

#define MENU(default_)                                                                            \
	"if [ \"${next_entry}\" ] ; then\n   set default=\"${next_entry}\"\n   set next_entry=\n" \
	"   save_env next_entry\nelse\n   set default=\"" default_ "\"\nfi\n"                     \
	"menuentry 'Debian' --class debian $menuentry_id_option 'gnulinux-simple-01' {\n"         \
	"\tinsmod gzio\n\tlinux\t/vmlinuz-6 root=UUID=01 ro quiet\n\tinitrd\t/initrd.img-6\n}\n"  \
	"submenu 'More' {\n\tmenuentry 'Old' {\n\t\tlinux\t/vmlinuz-5 single\n\t}\n}\n"
#define MOUNTS(type, source) \
	"22 1 8:1 / / rw - ext4 /dev/sda1 rw\n23 22 8:2 / /boot rw - " type " " source " rw\n"

static void debian(struct lab *lab)
{
	lab_put(lab, "fs/usr/sbin/update-grub", "");
	lab_put(lab, "fs/boot/grub/grub.cfg", MENU("0"));
	lab_put(lab, "fs/proc/self/mountinfo", MOUNTS("ext4", "/dev/sda2"));
	lab_put(lab, "fs/boot/grub/grubenv", "# GRUB Environment Block\n####");
	boots(lab, "one\n", "BOOT_IMAGE=/vmlinuz-6 root=UUID=01 ro quiet");
}

static void grub_boots_an_entry_of_ours_once(void **state)
{
	struct lab *lab = *state;

	debian(lab);
	assert_string_equal(lab_describe(lab, "kernel: {args: {memmap: \"64K$0x1869\"}}\n"), "");
	assert_string_equal(lab_plan(lab),
			    "boot: change\n"
			    "  file_remove path=\"/var/lib/gasthof/boot/verdict\"\n"
			    "  file_write path=\"/var/lib/gasthof/boot/trial\" mode=\"0600\"\n"
			    "  file_write path=\"/etc/grub.d/42_gasthof\" mode=\"0755\"\n"
			    "  grub_update\n"
			    "  grub_next entry=\"gasthof-trial-1\"\n"
			    "  host_reboot method=\"firmware\"\n");
	lab_perform(lab);
	assert_string_equal(lab_get(lab, "fs/etc/grub.d/42_gasthof"),
			    "#!/bin/sh\n"
			    "# made by gasthof for boot; changes here are overwritten\n"
			    "exec tail -n +4 $0\n"
			    "if [ \"${default}\" = 'gasthof-trial-1' ]; then set fallback=0; fi\n"
			    "menuentry 'Gasthof, arguments 1' --id 'gasthof-trial-1' {\n"
			    "\tinsmod gzio\n"
			    "\tlinux\t/vmlinuz-6 root=UUID=01 ro quiet 'memmap=64K$0x1869' "
			    "gasthof.trial=1 panic=30\n"
			    "\tinitrd\t/initrd.img-6\n"
			    "}\n");
	lab_put(lab, "fs/boot/grub/grubenv",
		"# GRUB Environment Block\nnext_entry=gasthof-trial-1\n##");
	assert_string_equal(lab_plan(lab), "boot: change\n  host_reboot method=\"firmware\"\n");
}

static void what_grub_booted_well_is_added_to_what_others_say(void **state)
{
	struct lab *lab = *state;

	grub_boots_an_entry_of_ours_once(state);
	lab_put(lab, "fs/boot/grub/grubenv", "# GRUB Environment Block\nnext_entry=\n##");
	boots(lab, "two\n",
	      "BOOT_IMAGE=/vmlinuz-6 root=UUID=01 ro quiet memmap=64K$0x1869 "
	      "gasthof.trial=1 panic=30");
	assert_string_equal(lab_plan(lab), "");
	lab_put(lab, VERDICT, "generation: 1\nhealthy: true\n");
	assert_string_equal(lab_plan(lab),
			    "boot: change\n"
			    "  file_write path=\"/etc/default/grub.d/gasthof.cfg\" mode=\"0644\"\n"
			    "  file_remove path=\"/etc/grub.d/42_gasthof\"\n"
			    "  grub_update\n"
			    "  file_remove path=\"/var/lib/gasthof/boot/trial\"\n"
			    "  file_remove path=\"/var/lib/gasthof/boot/verdict\"\n");
	lab_perform(lab);
	assert_string_equal(lab_get(lab, "fs/etc/default/grub.d/gasthof.cfg"),
			    "# made by gasthof for boot; changes here are overwritten\n"
			    "# arguments: memmap=64K$0x1869\n"
			    "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT "
			    "'memmap=64K\\$0x1869'\"\n");

	/* the next one is prepared before the machine was booted again */
	lab_describe(lab, "kernel: {args: {memmap: \"64K$0x1869\", nosmt: true}}\n");
	assert_non_null(strstr(lab_plan(lab), "  grub_next entry=\"gasthof-trial-2\"\n"));
}

static bool noted(struct lab *lab, const char *words)
{
	EACH(note, &plan_find(&lab->plan, "boot")->steps.notes)
		if (strstr(*note, words))
			return true;
	return false;
}

/* Where no agent ran between the trial and the next boot; a person is told before and after. */
static void what_was_healthy_and_not_kept_is_tried_again(void **state)
{
	struct lab *lab = *state;

	debian(lab);
	lab_describe(lab, "kernel: {args: {memmap: \"64K$0x1869\"}}\n");
	lab_plan(lab);
	assert_true(noted(lab, "apply once more"));
	grub_boots_an_entry_of_ours_once(state);
	lab_put(lab, "fs/boot/grub/grubenv", "# GRUB Environment Block\nnext_entry=\n##");
	lab_put(lab, VERDICT, "generation: 1\nhealthy: true\n");
	boots(lab, "two\n",
	      "BOOT_IMAGE=/vmlinuz-6 root=UUID=01 ro quiet memmap=64K$0x1869 "
	      "gasthof.trial=1 panic=30");
	lab_plan(lab);
	assert_true(noted(lab, "the next boot has the line before"));
	boots(lab, "three\n", "BOOT_IMAGE=/vmlinuz-6 root=UUID=01 ro quiet");
	assert_non_null(strstr(lab_plan(lab), "  grub_next entry=\"gasthof-trial-2\"\n"));
	lab_put(lab, VERDICT, "generation: 1\nhealthy: false\nwhy: no link\n");
	assert_string_equal(lab_plan(lab), "+memmap=64K$0x1869 was tried on the kernel's command "
					   "line and failed: no link\n");
}

static void grub_that_could_not_end_a_trial_is_not_asked(void **state)
{
	struct lab *lab = *state;

	debian(lab);
	lab_describe(lab, "kernel: {args: {nosmt: true}}\n");
	lab_put(lab, "fs/proc/self/mountinfo", MOUNTS("ext4", "/dev/mapper/vg-boot"));
	assert_string_equal(lab_plan(lab), "GRUB cannot write to /dev/mapper/vg-boot (ext4), so a "
					   "boot on trial would never end\n");
	lab_put(lab, "fs/proc/self/mountinfo", MOUNTS("btrfs", "/dev/sda2"));
	assert_non_null(strstr(lab_plan(lab), "GRUB cannot write to /dev/sda2 (btrfs)"));
	/* What was mounted last hides what was there before. */
	lab_put(lab, "fs/proc/self/mountinfo",
		MOUNTS("ext4", "/dev/sda2") "24 23 8:3 / /boot rw - btrfs /dev/sda3 rw\n");
	assert_non_null(strstr(lab_plan(lab), "GRUB cannot write to /dev/sda3 (btrfs)"));
	lab_put(lab, "fs/proc/self/mountinfo", MOUNTS("ext4", "/dev/sda2"));
	lab_put(lab, "fs/boot/grub/grub.cfg", MENU("${saved_entry}"));
	assert_string_equal(lab_plan(lab), "GRUB's default is not its first entry\n");
}

/* An entry of ours is no more locked than the one it stands for; nor does it boot by itself where
 * that one would not. */
static void grub_asks_no_person_whom_it_would_not_ask_otherwise(void **state)
{
	struct lab *lab = *state;

	debian(lab);
	lab_describe(lab, "kernel: {args: {nosmt: true}}\n");
	lab_put(lab, "fs/boot/grub/grub.cfg",
		"set timeout_style=menu\nset timeout=-1\n"
		"set superusers=\"root\"\nif [ \"${next_entry}\" ] ; then\n"
		"   set default=\"${next_entry}\"\n   save_env next_entry\nelse\n"
		"   set default=\"0\"\nfi\n"
		"menuentry 'Debian --x' --class debian --unrestricted {\n\tlinux\t/vmlinuz "
		"ro\n}\n");
	lab_plan(lab);
	assert_true(noted(lab, "GRUB_TIMEOUT=-1"));
	lab_perform(lab);
	assert_non_null(strstr(lab_get(lab, "fs/etc/grub.d/42_gasthof"),
			       "menuentry 'Gasthof, arguments 1' --unrestricted --id "
			       "'gasthof-trial-1' {\n\tlinux\t/vmlinuz ro nosmt "));
}

/* ---- kexec ---- */

static void diskless(struct lab *lab)
{
	lab_put(lab, "fs/sys/kernel/kexec_loaded", "0\n");
	lab_put(lab, "fs/proc/sys/kernel/osrelease", "6.12\n");
	lab_put(lab, "fs/boot/vmlinuz-6.12", "");
	lab_put(lab, "fs/boot/initrd.img-6.12", "");
	lab_put(lab, "fs/proc/self/mountinfo",
		"22 1 0:2 / / rw - rootfs rootfs rw\n23 22 8:1 / /var rw - ext4 /dev/sda1 rw\n");
	boots(lab, "one\n", "root=live:net quiet");
}

static void a_diskless_machine_starts_the_next_kernel_itself(void **state)
{
	struct lab *lab = *state;

	diskless(lab);
	lab_describe(lab, "kernel: {args: {nosmt: true}}\n");
	assert_string_equal(
		lab_plan(lab),
		"boot: change\n"
		"  file_remove path=\"/var/lib/gasthof/boot/verdict\"\n"
		"  file_write path=\"/var/lib/gasthof/boot/trial\" mode=\"0600\"\n"
		"  kexec_load kernel=\"/boot/vmlinuz-6.12\" initrd=\"/boot/initrd.img-6.12\" "
		"line=\"root=live:net quiet nosmt gasthof.trial=1 panic=30\"\n"
		"  host_reboot method=\"kexec\"\n");
	lab_perform(lab);
	lab_put(lab, "fs/sys/kernel/kexec_loaded", "1\n");
	assert_string_equal(lab_plan(lab), "boot: change\n  host_reboot method=\"kexec\"\n");

	/* It is kept for as long as it runs; after a start by the firmware it is said again. */
	lab_put(lab, "fs/sys/kernel/kexec_loaded", "0\n");
	boots(lab, "two\n", "root=live:net quiet nosmt gasthof.trial=1 panic=30");
	assert_string_equal(lab_plan(lab), "");
	lab_put(lab, VERDICT, "generation: 1\nhealthy: true\n");
	assert_string_equal(lab_plan(lab),
			    "boot: change\n"
			    "  file_remove path=\"/var/lib/gasthof/boot/trial\"\n"
			    "  file_remove path=\"/var/lib/gasthof/boot/verdict\"\n");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
	boots(lab, "three\n", "root=live:net quiet");
	assert_non_null(strstr(lab_plan(lab), "kexec_load"));
}

static void what_failed_by_kexec_is_remembered_or_not_begun(void **state)
{
	struct lab *lab = *state;

	diskless(lab);
	lab_describe(lab, "kernel: {args: {nosmt: true}}\n");
	lab_plan(lab);
	lab_perform(lab);
	boots(lab, "two\n", "root=live:net quiet");
	assert_string_equal(lab_plan(lab), "+nosmt was tried on the kernel's command line and "
					   "failed: it panicked or hung before user space\n");

	remove(lab_path(lab, TRIAL));
	lab_put(lab, "fs/proc/self/mountinfo", "22 1 0:2 / / rw - overlay root rw\n");
	assert_string_equal(
		lab_plan(lab),
		"the kernel's command line lacks +nosmt, and nothing here would remember "
		"that it failed: /var/lib/gasthof does not outlive a reboot\n");
	remove(lab_path(lab, "fs/boot/vmlinuz-6.12"));
	assert_string_equal(lab_plan(lab),
			    "the kernel's command line lacks +nosmt, and there is no "
			    "/boot/vmlinuz-6.12 to start with it\n");
	/* Whoever has a boot loader of its own is not started twice. */
	diskless(lab);
	lab_put(lab, "fs/boot/loader/entries/debian.conf", "linux /vmlinuz\n");
	assert_string_equal(lab_plan(lab),
			    "nothing that boots this machine is known to gasthof, and the kernel's "
			    "command line lacks +nosmt\n");
}

/* ---- judging ---- */

/* B14: a boot whose state was not mounted, and one that failed and was chosen by hand, are not
 * healthy for want of anything to judge them by. */
static void what_cannot_be_judged_is_not_kept(void **state)
{
	const struct trial trial = { .generation = 7 };
	const struct verdict healthy = { .generation = 7, .healthy = true };
	const struct verdict failed = { .generation = 7 },
			     former = { .generation = 6, .healthy = true };

	(void)state;
	assert_int_equal(trial_standing(0, true, &trial, NULL), TRIAL_SETTLED);
	assert_int_equal(trial_standing(7, true, &trial, NULL), TRIAL_OPEN);
	assert_int_equal(trial_standing(7, true, &trial, &former), TRIAL_OPEN);
	assert_int_equal(trial_standing(7, true, &trial, &failed), TRIAL_OPEN);
	assert_int_equal(trial_standing(7, true, &trial, &healthy), TRIAL_SETTLED);
	assert_int_equal(trial_standing(6, true, &trial, NULL), TRIAL_SETTLED);
	assert_int_equal(trial_standing(7, true, NULL, NULL), TRIAL_SETTLED);
	assert_int_equal(trial_standing(7, false, NULL, NULL), TRIAL_LOST);
}

/* Words that the description says itself stay, or the line would be tried for ever. */
static void only_the_words_of_the_trial_are_taken_off(void **state)
{
	struct arena *arena = ((struct lab *)*state)->arena;
	static const char *const lines[] = { "ro systemd.watchdog_sec=120 panic=30",
					     "ro -- panic=30", "ro" };

	for (size_t i = 0; i < COUNT_OF(lines); i++)
		for (int watchdog = 0; watchdog < 2; watchdog++) {
			uint32_t generation = 0;
			const char *line = trial_line(arena, lines[i], 7, watchdog);
			assert_string_equal(trial_strip(arena, line, &generation), lines[i]);
			assert_int_equal(generation, 7);
			assert_string_equal(trial_strip(arena, lines[i], &generation), lines[i]);
			assert_int_equal(generation, 0);
		}
}

static const char *flaw_of(struct lab *lab, const char *state)
{
	const struct trial trial = { .faults = { (const char *[]){ "old" }, 1 } };
	struct node *root = NULL;

	if (!state)
		return trial_run_flaw(lab->arena, &trial, NULL);
	assert_int_equal(json_read(lab->arena, state, strlen(state), &root, &lab->faults), 0);
	const char *flaw = trial_run_flaw(lab->arena, &trial, root);
	return flaw ? flaw : "";
}

static void a_run_that_saw_nothing_is_not_healthy(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(flaw_of(lab, NULL), "the agent has not ended its first run");
	assert_string_equal(flaw_of(lab, "{\"state\": \"unknown\", \"why\": \"it was silent\", "
					 "\"faults\": []}"),
			    "the agent's run could not tell what it saw: it was silent");
	assert_string_equal(flaw_of(lab, "{\"state\": \"waits\", \"faults\": []}"), "");
	assert_string_equal(flaw_of(lab, "{\"state\": \"faulty\", \"faults\": [{\"message\": "
					 "\"old\"}]}"),
			    "");
	assert_string_equal(flaw_of(lab, "{\"state\": \"faulty\", \"faults\": [{\"message\": "
					 "\"old\"}, {\"message\": \"new\"}]}"),
			    "the agent's run has a new fault: new");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_line_is_tried_beside_the_good_one),
		TEST(a_line_that_was_not_tried_yet_can_be_given_up),
		TEST(a_line_that_was_healthy_is_kept_without_the_words_of_the_trial),
		TEST(a_line_that_failed_is_not_tried_again),
		TEST(a_line_that_the_loader_did_not_take_has_not_failed),
		TEST(a_line_that_is_always_booted_and_does_not_run_is_booted_once),
		TEST(with_secure_boot_only_signed_words_count),
		TEST(a_stamped_addon_says_the_words_and_is_booted_once),
		TEST(an_offered_addon_is_taken_or_the_refusal_says_why),
		TEST(an_addon_is_tried_kept_and_taken_back),
		TEST(an_addon_that_the_firmware_drops_has_failed),
		TEST(without_a_watchdog_the_plan_says_so),
		TEST(grub_boots_an_entry_of_ours_once),
		TEST(what_grub_booted_well_is_added_to_what_others_say),
		TEST(what_was_healthy_and_not_kept_is_tried_again),
		TEST(grub_that_could_not_end_a_trial_is_not_asked),
		TEST(grub_asks_no_person_whom_it_would_not_ask_otherwise),
		TEST(a_diskless_machine_starts_the_next_kernel_itself),
		TEST(what_failed_by_kexec_is_remembered_or_not_begun),
		TEST(what_cannot_be_judged_is_not_kept),
		TEST(a_run_that_saw_nothing_is_not_healthy),
		TEST(only_the_words_of_the_trial_are_taken_off),
	};

	return cmocka_run_group_tests_name("boot on trial", tests, NULL, NULL);
}
