/* guest_os.h - what a guest boots with, what its board can do, what becomes of it.
 *
 * Rows as guest_rows.h has them: a field of the language and its place in domain XML. */
#pragma once

#include "formats/guest_parts.h"
#include "formats/guest_rows.h"
#include "formats/guest_storage.h"

#define GUEST_LOADER_ROWS(ROW, R)                                                                 \
	ROW(R, TEXT, path, "", "firmware image")                                                  \
	ROW(R, YESNO, read_only, "@readonly", "whether the guest may not write it (readonly=)")   \
	ROW(R, WORD, type, "@type", "rom, or pflash for UEFI (type=)", "rom", "pflash")           \
	ROW(R, YESNO, secure, "@secure", "whether it needs SMM (Secure Boot) (secure=)")          \
	ROW(R, YESNO, stateless, "@stateless", "whether variables are kept nowhere (stateless=)") \
	ROW(R, WORD, format, "@format", "raw or qcow2 (format=)", "raw", "qcow2")
ROWS_STRUCT(guest_loader, GUEST_LOADER_ROWS);

#define GUEST_NVRAM_ROWS(ROW, R)                                                                  \
	ROW(R, TEXT, path, "", "file with the guest's UEFI variables")                            \
	ROW(R, TEXT, template, "@template", "what that file is made from (template=)")            \
	ROW(R, WORD, template_format, "@templateFormat", "raw or qcow2 (templateFormat=)", "raw", \
	    "qcow2")                                                                              \
	ROW(R, WORD, format, "@format", "raw or qcow2 (format=)", "raw", "qcow2")                 \
	ROW(R, WORD, type, "@type", "where it is: file, block, network, ... (type=)", "file",     \
	    "block", "dir", "network", "volume", "nvme", "vhostuser", "vhostvdpa")                \
	ROW(R, PART, source, "source", "the place where it is no plain file (<source>)",          \
	    guest_storage)
ROWS_STRUCT(guest_nvram, GUEST_NVRAM_ROWS);

#define GUEST_ENABLED_ROWS(ROW, R) ROW(R, YESNO, enabled, "@enabled", "whether it is on (enabled=)")
ROWS_STRUCT(guest_enabled, GUEST_ENABLED_ROWS);

extern const struct bind_members guest_enabled_names;

#define GUEST_ACPI_TABLE_ROWS(ROW, R)                                                             \
	ROW(R, WORD, type, "@type", "slic, msdm, raw or rawset (type=)", "raw", "rawset", "slic", \
	    "msdm")                                                                               \
	ROW(R, TEXT, path, "", "file with the table")
ROWS_STRUCT(guest_acpi_table, GUEST_ACPI_TABLE_ROWS);

extern const struct bind_members guest_acpi_tables;

#define GUEST_TEXT_VALUE_ROWS(ROW, R) ROW(R, TEXT, value, "", "its value")
ROWS_STRUCT(guest_text_value, GUEST_TEXT_VALUE_ROWS);

extern const struct bind_members guest_text_values;

#define GUEST_BOOT_ROWS(ROW, R)                                                                 \
	ROW(R, LIST, devices, "boot@dev",                                                       \
	    "what firmware tries, in order: hd, cdrom, network, fd (<boot dev=>)")              \
	ROW(R, KEYED, firmware_features, "firmware/feature",                                    \
	    "what the firmware must have or lack: secure-boot, enrolled-keys "                  \
	    "(<feature>)",                                                                      \
	    guest_enabled, guest_enabled_names)                                                 \
	ROW(R, PART, loader, "loader", "firmware of one's own choice (<loader>)", guest_loader) \
	ROW(R, PART, nvram, "nvram", "where UEFI keeps variables (<nvram>)", guest_nvram)       \
	ROW(R, TEXT, kernel, "kernel", "kernel that is started without firmware (<kernel>)")    \
	ROW(R, TEXT, initrd, "initrd", "its initial RAM disk (<initrd>)")                       \
	ROW(R, TEXT, cmdline, "cmdline", "its command line (<cmdline>)")                        \
	ROW(R, TEXT, shim, "shim", "EFI shim in front of the kernel (<shim>)")                  \
	ROW(R, TEXT, dtb, "dtb", "device tree (<dtb>)")                                         \
	ROW(R, TEXT, root, "root", "root device, of Xen (<root>)")                              \
	ROW(R, YESNO, menu, "bootmenu@enable",                                                  \
	    "whether firmware offers a menu (<bootmenu enable=>)")                              \
	ROW(R, COUNT, menu_timeout, "bootmenu@timeout",                                         \
	    "milliseconds it waits there (<bootmenu timeout=>)")                                \
	ROW(R, WORD, smbios, "smbios@mode",                                                     \
	    "what SMBIOS tells: emulate, host, or sysinfo (<smbios mode=>)", "emulate", "host", \
	    "sysinfo")                                                                          \
	ROW(R, YESNO, serial_bios, "bios@useserial",                                            \
	    "whether the BIOS writes to the serial port (<bios useserial=>)")                   \
	ROW(R, NUMBER, reboot_timeout, "bios@rebootTimeout",                                    \
	    "milliseconds until it tries again; -1 never (<bios rebootTimeout=>)")              \
	ROW(R, MANY, acpi_tables, "acpi/table", "more ACPI tables (<table>)", guest_acpi_table, \
	    guest_acpi_tables)                                                                  \
	ROW(R, TEXT, init, "init", "program a container starts (<init>)")                       \
	ROW(R, LIST, init_arguments, "initarg", "its arguments (<initarg>)")                    \
	ROW(R, KEYED, init_environment, "initenv", "its environment (<initenv>)",               \
	    guest_text_value, guest_text_values)                                                \
	ROW(R, TEXT, init_folder, "initdir", "its working directory (<initdir>)")               \
	ROW(R, TEXT, init_user, "inituser", "its user (<inituser>)")                            \
	ROW(R, TEXT, init_group, "initgroup", "its group (<initgroup>)")
ROWS_STRUCT(guest_boot, GUEST_BOOT_ROWS);

#define GUEST_HYPERV_ROWS(ROW, R)                                                                  \
	ROW(R, WORD, mode, "@mode", "custom, or passthrough for all that the host has (mode=)",    \
	    "passthrough", "custom")                                                               \
	ROW(R, ONOFF, relaxed, "relaxed@state",                                                    \
	    "no watchdog of the guest's own (<relaxed state=>)")                                   \
	ROW(R, ONOFF, vapic, "vapic@state", "virtual APIC (<vapic state=>)")                       \
	ROW(R, ONOFF, spinlocks, "spinlocks@state",                                                \
	    "tell after how many tries a spinlock waits (<spinlocks state=>)")                     \
	ROW(R, COUNT, spinlock_retries, "spinlocks@retries",                                       \
	    "how many tries (<spinlocks retries=>)")                                               \
	ROW(R, ONOFF, vpindex, "vpindex@state", "index of virtual processors (<vpindex state=>)")  \
	ROW(R, ONOFF, runtime, "runtime@state", "time spent running (<runtime state=>)")           \
	ROW(R, ONOFF, synic, "synic@state", "synthetic interrupt controller (<synic state=>)")     \
	ROW(R, ONOFF, stimer, "stimer@state", "synthetic timers (<stimer state=>)")                \
	ROW(R, ONOFF, stimer_direct, "stimer/direct@state", "their direct mode (<direct state=>)") \
	ROW(R, ONOFF, reset, "reset@state", "reset by MSR (<reset state=>)")                       \
	ROW(R, ONOFF, vendor, "vendor_id@state", "vendor of the hypervisor (<vendor_id state=>)")  \
	ROW(R, TEXT, vendor_id, "vendor_id@value",                                                 \
	    "that vendor, up to 12 letters (<vendor_id value=>)")                                  \
	ROW(R, ONOFF, frequencies, "frequencies@state", "frequency MSRs (<frequencies state=>)")   \
	ROW(R, ONOFF, reenlightenment, "reenlightenment@state",                                    \
	    "notice of migrations (<reenlightenment state=>)")                                     \
	ROW(R, ONOFF, tlbflush, "tlbflush@state", "paravirtual TLB flush (<tlbflush state=>)")     \
	ROW(R, ONOFF, tlbflush_direct, "tlbflush/direct@state",                                    \
	    "from nested guests (<direct state=>)")                                                \
	ROW(R, ONOFF, tlbflush_extended, "tlbflush/extended@state",                                \
	    "of ranges (<extended state=>)")                                                       \
	ROW(R, ONOFF, ipi, "ipi@state",                                                            \
	    "paravirtual interrupts between processors (<ipi state=>)")                            \
	ROW(R, ONOFF, evmcs, "evmcs@state", "enlightened VMCS (<evmcs state=>)")                   \
	ROW(R, ONOFF, avic, "avic@state", "with hardware APIC virtualization (<avic state=>)")     \
	ROW(R, ONOFF, emsr_bitmap, "emsr_bitmap@state",                                            \
	    "MSR bitmaps for nested guests (<emsr_bitmap state=>)")                                \
	ROW(R, ONOFF, xmm_input, "xmm_input@state",                                                \
	    "hypercalls with input in registers (<xmm_input state=>)")
ROWS_STRUCT(guest_hyperv, GUEST_HYPERV_ROWS);

#define GUEST_KVM_ROWS(ROW, R)                                                  \
	ROW(R, ONOFF, hidden, "hidden@state",                                   \
	    "whether the guest does not see KVM (<hidden state=>)")             \
	ROW(R, ONOFF, hint_dedicated, "hint-dedicated@state",                   \
	    "tell that vCPUs have CPUs of their own (<hint-dedicated state=>)") \
	ROW(R, ONOFF, poll_control, "poll-control@state",                       \
	    "polling by the guest (<poll-control state=>)")                     \
	ROW(R, ONOFF, pv_ipi, "pv-ipi@state",                                   \
	    "paravirtual interrupts between processors (<pv-ipi state=>)")      \
	ROW(R, ONOFF, dirty_ring, "dirty-ring@state",                           \
	    "dirty pages by a ring (<dirty-ring state=>)")                      \
	ROW(R, COUNT, dirty_ring_size, "dirty-ring@size", "its entries (<dirty-ring size=>)")
ROWS_STRUCT(guest_kvm, GUEST_KVM_ROWS);

#define GUEST_XEN_ROWS(ROW, R)                                                                    \
	ROW(R, ONOFF, e820_host, "e820_host@state", "the host's memory map (<e820_host state=>)") \
	ROW(R, ONOFF, passthrough, "passthrough@state",                                           \
	    "PCI devices of the host (<passthrough state=>)")                                     \
	ROW(R, TEXT, passthrough_mode, "passthrough@mode",                                        \
	    "sync_pt or share_pt (<passthrough mode=>)")
ROWS_STRUCT(guest_xen, GUEST_XEN_ROWS);

#define GUEST_FEATURES_ROWS(ROW, R)                                                                \
	ROW(R, USUAL, acpi, "acpi", "ACPI (<acpi>)")                                               \
	ROW(R, USUAL, apic, "apic", "APIC (<apic>)")                                               \
	ROW(R, ONOFF, apic_eoi, "apic@eoi", "fast end of interrupt (<apic eoi=>)")                 \
	ROW(R, PRESENT, pae, "pae", "physical addresses beyond 4GiB, of Xen (<pae>)")              \
	ROW(R, ONOFF, hap, "hap@state", "hardware assisted paging (<hap state=>)")                 \
	ROW(R, PRESENT, viridian, "viridian", "Hyper-V extensions, of Xen (<viridian>)")           \
	ROW(R, PRESENT, privnet, "privnet", "network of a container's own (<privnet>)")            \
	ROW(R, PART, hyperv, "hyperv", "what Windows likes (<hyperv>)", guest_hyperv)              \
	ROW(R, PART, kvm, "kvm", "what KVM offers (<kvm>)", guest_kvm)                             \
	ROW(R, PART, xen, "xen", "what Xen offers (<xen>)", guest_xen)                             \
	ROW(R, ONOFF, pvspinlock, "pvspinlock@state",                                              \
	    "paravirtual spinlocks (<pvspinlock state=>)")                                         \
	ROW(R, ONOFF, pmu, "pmu@state", "performance counters (<pmu state=>)")                     \
	ROW(R, ONOFF, vmport, "vmport@state", "VMware's I/O port (<vmport state=>)")               \
	ROW(R, ONOFF, smm, "smm@state", "system management mode (<smm state=>)")                   \
	ROW(R, SIZE, smm_memory, "smm/tseg", "memory of SMM (<tseg>)")                             \
	ROW(R, WORD, ioapic, "ioapic@driver",                                                      \
	    "who emulates the I/O APIC: kvm or qemu (<ioapic driver=>)", "qemu", "kvm")            \
	ROW(R, TEXT, gic, "gic@version", "version of ARM's interrupt controller (<gic version=>)") \
	ROW(R, WORD, hpt, "hpt@resizing", "hash page tables of pSeries (<hpt resizing=>)",         \
	    "enabled", "disabled", "required")                                                     \
	ROW(R, SIZE, hpt_page, "hpt/maxpagesize", "their largest page (<maxpagesize>)")            \
	ROW(R, ONOFF, vmcoreinfo, "vmcoreinfo@state", "crash information (<vmcoreinfo state=>)")   \
	ROW(R, ONOFF, htm, "htm@state", "transactional memory (<htm state=>)")                     \
	ROW(R, ONOFF, nested_hv, "nested-hv@state",                                                \
	    "nested guests on pSeries (<nested-hv state=>)")                                       \
	ROW(R, WORD, msrs, "msrs@unknown",                                                         \
	    "what unknown MSRs do: ignore or fault (<msrs unknown=>)", "ignore", "fault")          \
	ROW(R, ONOFF, ccf_assist, "ccf-assist@state", "count cache flush (<ccf-assist state=>)")   \
	ROW(R, WORD, cfpc, "cfpc@value", "cache flush (<cfpc value=>)", "broken", "workaround",    \
	    "fixed")                                                                               \
	ROW(R, WORD, sbbc, "sbbc@value", "speculation barrier (<sbbc value=>)", "broken",          \
	    "workaround", "fixed")                                                                 \
	ROW(R, WORD, ibs, "ibs@value", "indirect branches (<ibs value=>)", "broken", "workaround", \
	    "fixed-ibs", "fixed-ccd", "fixed-na")                                                  \
	ROW(R, SIZE, tcg_cache, "tcg/tb-cache", "translated code, when emulated (<tb-cache>)")     \
	ROW(R, YESNO, async_teardown, "async-teardown@enabled",                                    \
	    "whether its memory is freed after it ended (<async-teardown "                         \
	    "enabled=>)")                                                                          \
	ROW(R, ONOFF, ras, "ras@state", "errors of memory told to the guest (<ras state=>)")       \
	ROW(R, ONOFF, ps2, "ps2@state", "PS/2 controller (<ps2 state=>)")                          \
	ROW(R, WORD, aia, "aia@value", "interrupts of RISC-V (<aia value=>)", "none", "aplic",     \
	    "aplic-imsic")                                                                         \
	ROW(R, WORD, capabilities, "capabilities@policy",                                          \
	    "of a container: default, allow or deny (<capabilities policy=>)", "default", "allow", \
	    "deny")
ROWS_STRUCT(guest_features, GUEST_FEATURES_ROWS);

#define GUEST_CATCHUP_ROWS(ROW, R)                                                                \
	ROW(R, COUNT, threshold, "@threshold", "ticks behind from which it hurries (threshold=)") \
	ROW(R, COUNT, slew, "@slew", "how fast (slew=)")                                          \
	ROW(R, COUNT, limit, "@limit", "the most it catches up (limit=)")
ROWS_STRUCT(guest_catchup, GUEST_CATCHUP_ROWS);

#define GUEST_TIMER_ROWS(ROW, R)                                                                 \
	ROW(R, YESNO, present, "@present", "whether the guest has it (present=)")                \
	ROW(R, WORD, tickpolicy, "@tickpolicy",                                                  \
	    "what becomes of missed ticks: delay, catchup, merge, discard "                      \
	    "(tickpolicy=)",                                                                     \
	    "delay", "merge", "discard", "catchup")                                              \
	ROW(R, WORD, track, "@track", "what it follows: guest, wall, boot, realtime (track=)",   \
	    "boot", "guest", "wall", "realtime")                                                 \
	ROW(R, WORD, mode, "@mode", "how the TSC is given (mode=)", "auto", "native", "emulate", \
	    "paravirt", "smpsafe")                                                               \
	ROW(R, NUMBER, frequency, "@frequency", "Hz, of the TSC (frequency=)")                   \
	ROW(R, PART, catchup, "catchup", "how missed ticks are made up for (<catchup>)",         \
	    guest_catchup)
ROWS_STRUCT(guest_timer, GUEST_TIMER_ROWS);

extern const struct bind_members guest_timers;

#define GUEST_CLOCK_ROWS(ROW, R)                                                                \
	ROW(R, WORD, offset, "@offset",                                                         \
	    "what the hardware clock shows: utc, localtime, timezone, variable, "               \
	    "absolute (offset=)",                                                               \
	    "localtime", "utc", "timezone", "variable", "absolute")                             \
	ROW(R, TEXT, timezone, "@timezone", "name of the time zone (timezone=)")                \
	ROW(R, TEXT, adjustment, "@adjustment", "seconds beside it, or reset (adjustment=)")    \
	ROW(R, WORD, basis, "@basis", "what the seconds are beside: utc or localtime (basis=)", \
	    "utc", "localtime")                                                                 \
	ROW(R, NUMBER, start, "@start", "seconds since 1970 at its start (start=)")             \
	ROW(R, KEYED, timers, "timer",                                                          \
	    "timers of the guest: rtc, pit, hpet, tsc, kvmclock, hypervclock, ... "             \
	    "(<timer>)",                                                                        \
	    guest_timer, guest_timers)
ROWS_STRUCT(guest_clock, GUEST_CLOCK_ROWS);

#define GUEST_LIFECYCLE_ROWS(ROW, R)                                                       \
	LIVE(ROW, R, WORD, poweroff, "on_poweroff",                                        \
	     "when it powers off: destroy, restart, preserve, rename-restart "             \
	     "(<on_poweroff>)",                                                            \
	     "destroy", "restart", "preserve", "rename-restart")                           \
	LIVE(ROW, R, WORD, reboot, "on_reboot",                                            \
	     "when it reboots: restart, destroy, ... (<on_reboot>)", "destroy", "restart", \
	     "preserve", "rename-restart")                                                 \
	LIVE(ROW, R, WORD, crash, "on_crash",                                              \
	     "when it crashes: destroy, restart, coredump-destroy, "                       \
	     "coredump-restart, preserve (<on_crash>)",                                    \
	     "destroy", "restart", "preserve", "rename-restart", "coredump-destroy",       \
	     "coredump-restart")                                                           \
	ROW(R, WORD, lock_failure, "on_lockfailure",                                       \
	    "when its disks' locks are lost: poweroff, restart, pause, ignore "            \
	    "(<on_lockfailure>)",                                                          \
	    "poweroff", "restart", "pause", "ignore")
ROWS_STRUCT(guest_lifecycle, GUEST_LIFECYCLE_ROWS);

#define GUEST_POWER_ROWS(ROW, R)                                      \
	ROW(R, YESNO, suspend_to_memory, "suspend-to-mem@enabled",    \
	    "whether firmware offers S3 (<suspend-to-mem enabled=>)") \
	ROW(R, YESNO, suspend_to_disk, "suspend-to-disk@enabled",     \
	    "whether firmware offers S4 (<suspend-to-disk enabled=>)")
ROWS_STRUCT(guest_power, GUEST_POWER_ROWS);

#define GUEST_SYSINFO_BOARD_ROWS(ROW, R)                                                           \
	ROW(R, KEYED, entries, "entry",                                                            \
	    "manufacturer, product, version, serial, asset, location (<entry>)", guest_text_value, \
	    guest_text_values)
ROWS_STRUCT(guest_sysinfo_board, GUEST_SYSINFO_BOARD_ROWS);

extern const struct bind_members guest_sysinfo_boards;

#define GUEST_FWCFG_ROWS(ROW, R)               \
	ROW(R, TEXT, value, "", "its content") \
	ROW(R, TEXT, path, "@file", "file with its content (file=)")
ROWS_STRUCT(guest_fwcfg, GUEST_FWCFG_ROWS);

extern const struct bind_members guest_fwcfgs;

#define GUEST_SYSINFO_ROWS(ROW, R)                                                             \
	ROW(R, KEYED, bios, "bios/entry", "vendor, version, date, release (<entry>)",          \
	    guest_text_value, guest_text_values)                                               \
	ROW(R, KEYED, system, "system/entry",                                                  \
	    "manufacturer, product, version, serial, uuid, sku, family "                       \
	    "(<entry>)",                                                                       \
	    guest_text_value, guest_text_values)                                               \
	ROW(R, MANY, boards, "baseBoard", "boards (<baseBoard>)", guest_sysinfo_board,         \
	    guest_sysinfo_boards)                                                              \
	ROW(R, KEYED, chassis, "chassis/entry",                                                \
	    "manufacturer, version, serial, asset, sku (<entry>)", guest_text_value,           \
	    guest_text_values)                                                                 \
	ROW(R, LIST, oem_strings, "oemStrings/entry", "strings of the maker (<entry>)")        \
	ROW(R, KEYED, entries, "entry", "firmware configuration, by name (opt/...) (<entry>)", \
	    guest_fwcfg, guest_fwcfgs)
ROWS_STRUCT(guest_sysinfo, GUEST_SYSINFO_ROWS);

extern const struct bind_members guest_sysinfos;

#define GUEST_RESOURCE_ROWS(ROW, R)                                                  \
	ROW(R, TEXT, partition, "partition", "cgroup it is placed in (<partition>)") \
	ROW(R, TEXT, fibre_channel, "fibrechannel@appid",                            \
	    "application it is on a Fibre Channel (<fibrechannel appid=>)")
ROWS_STRUCT(guest_resource, GUEST_RESOURCE_ROWS);

#define GUEST_LAUNCH_SECURITY_ROWS(ROW, R)                                                         \
	ROW(R, TEXT, type, "@type", "sev, sev-snp, tdx or s390-pv (type=)")                        \
	ROW(R, YESNO, kernel_hashes, "@kernelHashes",                                              \
	    "whether kernel, initrd and command line are measured (kernelHashes=)")                \
	ROW(R, YESNO, author_key, "@authorKey",                                                    \
	    "whether an author's key is in idAuth (authorKey=)")                                   \
	ROW(R, YESNO, vcek, "@vcek", "whether the chip's own key signs (vcek=)")                   \
	ROW(R, TEXT, policy, "policy", "what the owner demands (<policy>)")                        \
	ROW(R, COUNT, cbitpos, "cbitpos", "bit of an address that says encrypted (<cbitpos>)")     \
	ROW(R, COUNT, reduced_phys_bits, "reducedPhysBits",                                        \
	    "bits of addresses lost to it (<reducedPhysBits>)")                                    \
	ROW(R, TEXT, owner_certificate, "dhCert", "of the guest's owner, base64 (<dhCert>)")       \
	ROW(R, TEXT, session, "session", "of the guest's owner, base64 (<session>)")               \
	ROW(R, TEXT, workarounds, "guestVisibleWorkarounds", "base64 (<guestVisibleWorkarounds>)") \
	ROW(R, TEXT, id_block, "idBlock", "base64 (<idBlock>)")                                    \
	ROW(R, TEXT, id_auth, "idAuth", "base64 (<idAuth>)")                                       \
	ROW(R, TEXT, host_data, "hostData", "base64 (<hostData>)")                                 \
	ROW(R, TEXT, config_id, "mrConfigId", "of TDX, base64 (<mrConfigId>)")                     \
	ROW(R, TEXT, owner, "mrOwner", "of TDX, base64 (<mrOwner>)")                               \
	ROW(R, TEXT, owner_config, "mrOwnerConfig", "of TDX, base64 (<mrOwnerConfig>)")            \
	ROW(R, PRESENT, quote_service, "quoteGenerationService",                                   \
	    "whether quotes are made by the host's service "                                       \
	    "(<quoteGenerationService>)")                                                          \
	ROW(R, TEXT, quote_path, "quoteGenerationService@path",                                    \
	    "socket of that service (<quoteGenerationService path=>)")
ROWS_STRUCT(guest_launch_security, GUEST_LAUNCH_SECURITY_ROWS);

#define GUEST_STATE_ROWS(ROW, R) ROW(R, ONOFF, state, "@state", "whether it is on (state=)")
ROWS_STRUCT(guest_state, GUEST_STATE_ROWS);

extern const struct bind_members guest_states;

#define GUEST_BLKIO_DEVICE_ROWS(ROW, R)                                                           \
	ROW(R, TEXT, path, "path", "block device of the host (<path>)")                           \
	ROW(R, CONFIGURED, weight, "weight",                                                      \
	    "its weight there, which libvirt does not bring to the kernel where systemd runs: "   \
	    "slices.*.io does (<weight>)")                                                        \
	LIVE(ROW, R, NUMBER, read_iops, "read_iops_sec", "reads in a second (<read_iops_sec>)")   \
	LIVE(ROW, R, NUMBER, write_iops, "write_iops_sec",                                        \
	     "writes in a second (<write_iops_sec>)")                                             \
	LIVE(ROW, R, NUMBER, read, "read_bytes_sec", "bytes read in a second (<read_bytes_sec>)") \
	LIVE(ROW, R, NUMBER, write, "write_bytes_sec",                                            \
	     "bytes written in a second (<write_bytes_sec>)")
ROWS_STRUCT(guest_blkio_device, GUEST_BLKIO_DEVICE_ROWS);

extern const struct bind_members guest_blkio_devices;

#define GUEST_BLKIO_ROWS(ROW, R)                                                        \
	LIVE(ROW, R, COUNT, weight, "weight",                                           \
	     "its weight among others (io.weight of its slice) (<weight>)")             \
	LIVE(ROW, R, MANY, devices, "device", "by block device of the host (<device>)", \
	     guest_blkio_device, guest_blkio_devices)
ROWS_STRUCT(guest_blkio, GUEST_BLKIO_ROWS);
