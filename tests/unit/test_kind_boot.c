/* kinds: kernel.args and boot; formats/cmdline. */
#include "kinds_help.h"

#include "formats/cmdline.h"
#include "kinds/kernel_args.h"

/* ---- the line ---- */

static const char *words_of(struct arena *arena, const char *line)
{
	struct cmdline words;
	struct text text = text_of(arena);

	cmdline_parse(arena, line, &words);
	EACH(word, &words.list)
		text_addf(&text, "%s|%s\n", word->name, word->value ? word->value : "(bare)");
	return text.at;
}

/* next_arg of the kernel's lib/cmdline.c, quotes and all. */
static void a_line_is_read_as_the_kernel_does(void **state)
{
	struct arena *arena = ((struct lab *)*state)->arena;

	assert_string_equal(words_of(arena, " ro  a-b=c\tquiet\n"),
			    "ro|(bare)\na_b|c\nquiet|(bare)\n");
	assert_string_equal(words_of(arena, "x=\"b c\" \"d=e f\" g=\"h\"i"),
			    "x|b c\nd|e f\ng|h\"i\n");
	assert_string_equal(words_of(arena, "a= =b \"\" c=d=e"), "a|\n=b|(bare)\n|(bare)\nc|d=e\n");
	assert_string_equal(words_of(arena, "a=\"never closed b"), "a|never closed b\n");
	assert_string_equal(words_of(arena, "a -- b c=d"),
			    "a|(bare)\n--|(bare)\n--|(bare)\n--|(bare)\n");
}

/* D3: each size and its count are one thing. */
static void a_size_and_its_pages_are_one_argument(void **state)
{
	struct arena *arena = ((struct lab *)*state)->arena;

	assert_string_equal(words_of(arena, "hugepages=1 hugepagesz=1G hugepages=4 hugepagesz=2M "
					    "x hugepages=3"),
			    "hugepages|1\nhugepagesz|1G hugepages=4\nhugepagesz|2M\nx|(bare)\n"
			    "hugepages|3\n");
	assert_string_equal(cmdline_word(arena, "hugepagesz", "1G hugepages=4"),
			    "hugepagesz=1G hugepages=4");
	assert_string_equal(cmdline_word(arena, "dyndbg", "file a.c +p"), "dyndbg=\"file a.c +p\"");
	assert_true(cmdline_same("a-b=\"c\"", "a_b=c"));
	assert_false(cmdline_same("a=b", "a"));
}

/* ---- what is said ---- */

static const char *line_of(struct lab *lab, const char *yaml)
{
	struct text text = text_of(lab->arena);
	struct view view = { &lab->desired, NULL };
	const char *wrong = lab_describe(lab, yaml);

	if (*wrong)
		return wrong;
	const struct item *boot = desired_find(&lab->desired, "boot", "");
	if (!boot)
		return "";
	assert_int_equal(boot->kind->render(boot, &view, &text, &lab->faults), 0);
	return text.at;
}

static void arguments_become_a_line(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(line_of(lab, "kernel: {args: {mitigations: auto, nosmt: true, "
					 "console: [tty0, ttyS0], dyndbg: \"file a.c +p\"}}\n"),
			    "mitigations=auto nosmt console=tty0 console=ttyS0 "
			    "dyndbg=\"file a.c +p\"\n");
	assert_string_equal(line_of(lab, ""), "");
}

static void arguments_that_no_line_can_hold_are_faults(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(line_of(lab, "kernel: {args: {nosmt: false}}\n"),
			    "2:24: an argument of the kernel cannot be false\n");
	assert_string_equal(line_of(lab, "kernel: {args: {a: 'b\"c'}}\n"),
			    "2:20: the kernel's command line cannot hold a double quote\n");
	assert_string_equal(line_of(lab, "kernel: {args: {\"a b\": c}}\n"),
			    "2:17: \"a b\" cannot be the name of an argument of the kernel\n");
	assert_string_equal(line_of(lab, "kernel: {args: {gasthof.trial: 7}}\n"),
			    "2:17: gasthof.trial is gasthof's own argument\n");
	assert_string_equal(line_of(lab, "kernel: {args: {a: []}}\n"), "2:20: the list is empty\n");
	assert_string_equal(line_of(lab, "kernel:\n  args: {a-b: 1, a_b: 2}\n"),
			    "3:18: \"a_b\" and \"a-b\" are one argument\n");
}

/* ---- what other kinds say ---- */

static void two_writers_of_one_argument_are_a_fault(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(lab_describe(lab, "host: {name: a}\nmemory: {hugepages: {2MiB: 1}}\n"),
			    "");
	struct item *one = desired_find(&lab->desired, "host", "");
	struct item *two = desired_find(&lab->desired, "memory.hugepages", "2MiB");
	kernel_args_imply(&lab->desired, one, "name", "isolcpus", "2-3", &lab->faults);
	kernel_args_imply(&lab->desired, two, "count", "isolcpus", "2-3", &lab->faults);
	assert_string_equal(lab_faults(lab), "");
	kernel_args_imply(&lab->desired, two, "count", "isolcpus", "2-5", &lab->faults);
	assert_int_equal(lab->faults.first->also.line, 2);
	assert_string_equal(
		lab_faults(lab),
		"3:28: memory.hugepages.2MiB wants isolcpus=2-5 on the kernel's command "
		"line, host.name wants isolcpus=2-3\n");
}

static void an_argument_may_have_several_writers(void **state)
{
	struct lab *lab = *state;
	struct text text = text_of(lab->arena);

	assert_string_equal(
		lab_describe(lab, "memory: {hugepages: {2MiB: 1, 1GiB: {count: 1, how: now}}}\n"),
		"");
	struct item *small = desired_find(&lab->desired, "memory.hugepages", "2MiB");
	struct item *large = desired_find(&lab->desired, "memory.hugepages", "1GiB");
	kernel_args_append(&lab->desired, large, NULL, "hugepagesz", "1G hugepages=4",
			   &lab->faults);
	kernel_args_append(&lab->desired, small, NULL, "hugepagesz", "2M hugepages=9",
			   &lab->faults);
	kernel_args_append(&lab->desired, small, NULL, "hugepagesz", "2M hugepages=9",
			   &lab->faults);
	assert_string_equal(lab_faults(lab), "");
	struct item *boot = desired_find(&lab->desired, "boot", "");
	assert_int_equal(boot->kind->render(boot, NULL, &text, &lab->faults), 0);
	assert_string_equal(text.at, "hugepagesz=1G hugepages=4 hugepagesz=2M hugepages=9\n");
	kernel_args_imply(&lab->desired, small, NULL, "hugepagesz", "2M", &lab->faults);
	assert_string_equal(
		lab_faults(lab),
		"2:22: memory.hugepages.2MiB wants hugepagesz=2M on the kernel's command "
		"line, memory.hugepages.1GiB wants hugepagesz=1G hugepages=4\n");
}

/* ---- the machine ---- */

static void words_of_others_are_left_alone(void **state)
{
	struct lab *lab = *state;

	lab_put(lab, "fs/proc/cmdline",
		"root=/dev/vda2 ro mitigations=off console=ttyS0 hugepagesz=1G hugepages=4 "
		"quiet\n");
	assert_string_equal(lab_describe(lab, "kernel: {args: {mitigations: \"off\", ro: true, "
					      "hugepagesz: 1G hugepages=4}}\n"),
			    "");
	assert_string_equal(lab_plan(lab), "");
	lab_perform(lab);
	lab_describe(lab, "kernel: {args: {ro: true}}\n");
	assert_non_null(strstr(lab_plan(lab), "the kernel's command line lacks -mitigations=off "
					      "-hugepagesz=1G hugepages=4\n"));
}

static void a_line_that_nobody_can_change_is_shown(void **state)
{
	struct lab *lab = *state;

	lab_put(lab, "fs/proc/cmdline", "root=/dev/vda2 mitigations=off -- one\n");
	assert_string_equal(lab_describe(lab, "kernel: {args: {mitigations: auto}}\n"), "");
	assert_string_equal(lab_plan(lab),
			    "nothing that boots this machine is known to gasthof, and "
			    "the kernel's command line lacks +mitigations=auto\n");
	assert_string_equal(
		lab_differs(lab, "boot"),
		"arguments.mitigations.words: [mitigations=off] -> [mitigations=auto]\n");
}

/* ---- systemd-boot ---- */

#define OWN     "roothash=12 root=/dev/mapper/root ro console=tty0 console=ttyS0"
#define ENTRIES "fs/efi/loader/entries/"
#define TRIAL   "fs/var/lib/gasthof/boot/trial"
#define VERDICT "fs/var/lib/gasthof/boot/verdict"
#define VARS    "fs/sys/firmware/efi/efivars/"

static void put_bytes(struct lab *lab, const char *path, const char *bytes, size_t size)
{
	lab_put(lab, path, "");
	FILE *file = fopen(lab_path(lab, path), "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	fclose(file);
}

static void put_variables(struct lab *lab, bool secure)
{
	static const char loader[] = "\6\0\0\0s\0y\0s\0t\0e\0m\0d\0-\0b\0o\0o\0t\0 \0002\0";
	const char state[] = { 6, 0, 0, 0, secure };

	put_bytes(lab, VARS "LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f", loader,
		  sizeof(loader) - 1);
	put_bytes(lab, VARS "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", state,
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
			    "systemd.watchdog_sec=60\n");
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
	assert_string_equal(lab_plan(lab), "boot: change\n  host_reboot method=\"firmware\"\n");
}

static void with_secure_boot_only_signed_words_count(void **state)
{
	struct lab *lab = *state;

	appliance(lab);
	put_variables(lab, true);
	lab_describe(lab, "kernel: {args: {nosmt: true}}\n");
	assert_string_equal(lab_plan(lab), "Secure Boot is on, and no signed addon says +nosmt on "
					   "the kernel's command line\n");
	boots(lab, "one\n", OWN " nosmt");
	assert_string_equal(lab_plan(lab), "");
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
	lab_put(lab, "fs/proc/self/mountinfo", MOUNTS("ext4", "/dev/sda2"));
	lab_put(lab, "fs/boot/grub/grub.cfg", MENU("${saved_entry}"));
	assert_string_equal(lab_plan(lab), "GRUB's default is not its first entry\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_line_is_read_as_the_kernel_does),
		TEST(a_size_and_its_pages_are_one_argument),
		TEST(arguments_become_a_line),
		TEST(arguments_that_no_line_can_hold_are_faults),
		TEST(two_writers_of_one_argument_are_a_fault),
		TEST(an_argument_may_have_several_writers),
		TEST(words_of_others_are_left_alone),
		TEST(a_line_that_nobody_can_change_is_shown),
		TEST(a_line_is_tried_beside_the_good_one),
		TEST(a_line_that_was_not_tried_yet_can_be_given_up),
		TEST(a_line_that_was_healthy_is_kept_without_the_words_of_the_trial),
		TEST(a_line_that_failed_is_not_tried_again),
		TEST(a_line_that_the_loader_did_not_take_has_not_failed),
		TEST(with_secure_boot_only_signed_words_count),
		TEST(without_a_watchdog_the_plan_says_so),
		TEST(grub_boots_an_entry_of_ours_once),
		TEST(what_grub_booted_well_is_added_to_what_others_say),
		TEST(grub_that_could_not_end_a_trial_is_not_asked),
	};

	return cmocka_run_group_tests_name("boot", tests, NULL, NULL);
}
