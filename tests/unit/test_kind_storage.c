/* kinds pools, images and volumes: plans on captured machines, and what they refuse. */
#include "kinds_help.h"

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define POOL  "/var/lib/gasthof/pools/default"

#define SMALL                                                                      \
	"pools: {default: {type: dir}}\n"                                          \
	"images: {deb: {url: \"https://x.example/d.qcow2\", sha256: " SHA_A "}}\n" \
	"volumes: {data: {size: 10MiB, format: raw}, root: {image: deb, size: 4MiB}}\n"

static void assert_settled(struct lab *lab)
{
	assert_string_equal(lab_plan(lab), "");
}

static void nothing_is_there(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(lab_describe(lab, SMALL), "");
	assert_string_equal(
		lab_plan(lab),
		"pools.default: create\n"
		"  directory_make path=\"" POOL "\" mode=\"0711\"\n"
		"  directory_make path=\"" POOL "/images\" mode=\"0711\"\n"
		"  pool_define pool=\"default\"\n"
		"  pool_autostart pool=\"default\" on=\"true\"\n"
		"  pool_start pool=\"default\"\n"
		"images.deb: create\n"
		"  image_fetch path=\"" POOL "/images/deb-aaaaaaaaaaaa.qcow2\" "
		"url=\"https://x.example/d.qcow2\" sha256=\"" SHA_A "\" format=\"qcow2\" "
		"mark=\"images.deb\"\n"
		"volumes.data: create\n"
		"  volume_create path=\"" POOL "/data.img\" format=\"raw\" bytes=\"10485760\" "
		"mark=\"volumes.data\"\n"
		"volumes.root: create\n"
		"  volume_create path=\"" POOL "/root.qcow2\" format=\"qcow2\" bytes=\"4194304\" "
		"backing=\"" POOL "/images/deb-aaaaaaaaaaaa.qcow2\" backing_format=\"qcow2\" "
		"mark=\"volumes.root\"\n");
	lab_perform(lab);
	assert_settled(lab);
}

/* A pool nobody described is implied, and so is where things lie. */
static void the_default_pool_is_implied(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(lab_describe(lab, "volumes: {a: {size: 1MiB}}\n"), "");
	assert_non_null(strstr(lab_plan(lab), "pools.default: create\n"));
	lab_perform(lab);
	assert_settled(lab);
	/* a volume as large as its image */
	lab_describe(lab, "volumes: {a: {size: 1MiB}, b: {image: i}}\n"
			  "images: {i: {url: \"file:///i.img\", format: raw}}\n");
	lab_json(lab, "files.json", "/i.img", lab_image(lab, "raw", "1", "none"));
	assert_non_null(strstr(lab_plan(lab), "/b.qcow2\" format=\"qcow2\" backing=\""));
	lab_perform(lab);
	assert_settled(lab);
}

static void volumes_grow_and_never_shrink(void **state)
{
	struct lab *lab = *state;

	lab_describe(lab, SMALL);
	lab_plan(lab);
	lab_perform(lab);
	lab_describe(lab, "volumes: {data: {size: 20MiB, format: raw}}\n");
	assert_non_null(strstr(lab_plan(lab), "volumes.data: change\n"
					      "  volume_resize path=\"" POOL "/data.img\" "
					      "format=\"raw\" bytes=\"20971520\"\n"));
	lab_describe(lab, "volumes: {data: {size: 5MiB, format: raw}}\n"); /* PIT55 */
	assert_non_null(strstr(lab_plan(lab), "2:24: shrinking it from 10MiB to 5MiB would "
					      "destroy data\n"));
}

/* PIT57: a new version of an image lies beside the old one, and volumes stay on theirs. */
static void a_new_image_changes_no_volume(void **state)
{
	struct lab *lab = *state;

	lab_describe(lab, SMALL);
	lab_plan(lab);
	lab_perform(lab);
	lab_describe(lab, "pools: {default: {type: dir}}\n"
			  "images: {deb: {url: \"https://x.example/d.qcow2\", sha256: " SHA_B "}}\n"
			  "volumes: {data: {size: 10MiB, format: raw}, "
			  "root: {image: deb, size: 4MiB}}\n");
	assert_string_equal(lab_plan(lab),
			    "images.deb: create\n"
			    "  image_fetch path=\"" POOL "/images/deb-bbbbbbbbbbbb.qcow2\" "
			    "url=\"https://x.example/d.qcow2\" sha256=\"" SHA_B
			    "\" format=\"qcow2\" mark=\"images.deb\"\n");
	lab_perform(lab);
	assert_settled(lab);
}

static void what_is_no_longer_described_goes_in_order(void **state)
{
	struct lab *lab = *state;

	lab_describe(lab, SMALL);
	lab_plan(lab);
	lab_perform(lab);
	lab_describe(lab, "");
	const char *plan = lab_plan(lab);
	assert_string_equal(plan, "volumes.root: remove\n"
				  "  volume_remove path=\"" POOL "/root.qcow2\"\n"
				  "volumes.data: remove\n"
				  "  volume_remove path=\"" POOL "/data.img\"\n"
				  "images.deb: remove\n"
				  "  image_remove path=\"" POOL "/images/deb-aaaaaaaaaaaa.qcow2\"\n"
				  "pools.default: remove\n"
				  "  pool_stop pool=\"default\"\n"
				  "  pool_undefine pool=\"default\"\n"
				  "  directory_remove path=\"" POOL "/images\"\n"
				  "  directory_remove path=\"" POOL "\"\n");
	assert_int_equal(lab->plan.class, CLASS_DESTROYS_DATA);
	lab_perform(lab);
	assert_settled(lab);
}

/* An image some volume stands on stays; the folder stays with what is not ours in it. */
static void what_is_used_stays(void **state)
{
	struct lab *lab = *state;

	lab_describe(lab, SMALL);
	lab_plan(lab);
	lab_perform(lab);
	lab_json(lab, "files.json", POOL "/mine.qcow2",
		 lab_image(lab, "qcow2", "1048576", "somebody"));
	struct node *mine = lab_member(lab, "files.json", POOL "/mine.qcow2");
	node_put(lab->arena, (struct node *)node_get(mine, "image"), "backing",
		 node_quoted(lab->arena, "images/deb-aaaaaaaaaaaa.qcow2"));
	lab_json(lab, "files.json", POOL "/mine.qcow2", mine);
	lab_describe(lab, "");
	const char *plan = lab_plan(lab);
	assert_non_null(strstr(plan, "images.deb: remove\n"
				     "  wait event: volumes.default/mine.qcow2 still stands on "
				     "it\n"));
	assert_null(strstr(plan, "directory_remove"));
}

#define FOREIGN                                                                             \
	"<domain type='qemu'><name>theirs</name><uuid>0f9f8a63-5c2e-4c5c-9f1e-0a1b2c3d4e5f" \
	"</uuid><memory>1024</memory><vcpu>1</vcpu><os><type>hvm</type></os><devices>"      \
	"<disk type='file' device='disk'><driver name='qemu' type='raw'/>"                  \
	"<source file='" POOL "/data.img'/><target dev='vda' bus='virtio'/></disk>"         \
	"</devices></domain>"

/* A guest writes a header into its raw disk, to be taken for another volume. */
static void a_raw_volume_is_raw_whatever_its_guest_writes(void **state)
{
	struct lab *lab = *state;

	lab_describe(lab, SMALL);
	lab_plan(lab);
	lab_perform(lab);
	struct node *data = lab_member(lab, "files.json", POOL "/data.img");
	struct node *image = lab_image(lab, "qcow2", "1048576", "volumes.data");
	image = (struct node *)node_get(image, "image");
	node_put(lab->arena, image, "backing", node_quoted(lab->arena, "/etc/shadow"));
	node_remove(data, "image");
	node_put(lab->arena, data, "image", node_copy(lab->arena, image));
	lab_json(lab, "files.json", POOL "/data.img", data);
	assert_settled(lab);
}

/* Our volume is made, and somebody else's guest at work on it. */
static void lab_with_a_foreign_guest(struct lab *lab, const char *domains)
{
	lab_describe(lab, "volumes: {data: {size: 10MiB, format: raw}}\n");
	lab_plan(lab);
	lab_perform(lab);
	lab_put(lab, "libvirt/domains/theirs.xml", FOREIGN);
	lab_put(lab, "libvirt/domains/theirs.live.xml", FOREIGN);
	lab_put(lab, "libvirt/domains.json", domains);
}

/* Somebody else's guest has our volume, though no guest is described: paused it holds it as
 * much as running. */
static void what_a_foreign_guest_holds_stays(void **state)
{
	struct lab *lab = *state;

	lab_with_a_foreign_guest(lab, "{\"theirs\": {\"state\": \"paused\"}}");
	lab_describe(lab, "pools: {default: {}}\n");
	assert_string_equal(lab_plan(lab), "volumes.data: remove\n"
					   "  wait guest-stop: guests.theirs runs with it; then it "
					   "needs permission for class destroys-data\n");
	lab_put(lab, "failing", "domains\n");
	const char *plan = lab_plan(lab);
	assert_null(strstr(plan, "volume_remove"));
	assert_non_null(
		strstr(plan, "whether a guest runs with \"" POOL "/data.img\" is not known"));
	remove(lab_path(lab, "failing"));
	lab_put(lab, "libvirt/domains.json", "{\"theirs\": {\"state\": \"shutoff\"}}");
	remove(lab_path(lab, "libvirt/domains/theirs.live.xml"));
	assert_non_null(strstr(lab_plan(lab), "volume_remove"));
}

/* The same for an image, where no volume is described: one that does not read could be what
 * stands on it. */
static void an_image_stays_while_its_users_cannot_be_seen(void **state)
{
	struct lab *lab = *state;

	lab_describe(lab, "images: {i: {url: \"https://x/i\", sha256: " SHA_A "}}\n");
	lab_plan(lab);
	lab_perform(lab);
	lab_json(lab, "files.json", POOL "/mine.qcow2",
		 lab_image(lab, "qcow2", "1048576", "somebody"));
	struct node *mine = lab_member(lab, "files.json", POOL "/mine.qcow2");
	node_put(lab->arena, (struct node *)node_get(mine, "image"), "backing",
		 node_quoted(lab->arena, "images/i-aaaaaaaaaaaa.qcow2"));
	lab_json(lab, "files.json", POOL "/mine.qcow2", mine);
	lab_describe(lab, "pools: {default: {}}\n");
	assert_non_null(strstr(lab_plan(lab), "wait event: volumes.default/mine.qcow2 still"));
	lab_put(lab, "failing", POOL "/mine.qcow2\n");
	const char *plan = lab_plan(lab);
	assert_null(strstr(plan, "image_remove"));
	assert_non_null(strstr(plan, "whether volumes.default/mine.qcow2 stands on"));
}

static void what_is_gone_or_broken_comes_back(void **state)
{
	struct lab *lab = *state;

	lab_describe(lab, SMALL);
	lab_plan(lab);
	lab_perform(lab);
	/* the image was fetched, and has another size now; what stands on it stays */
	struct node *image = lab_member(lab, "files.json", POOL "/images/deb-aaaaaaaaaaaa.qcow2");
	node_remove(image, "size");
	node_put(lab->arena, image, "size", node_scalar(lab->arena, "999"));
	lab_json(lab, "files.json", POOL "/images/deb-aaaaaaaaaaaa.qcow2", image);
	const char *plan = lab_plan(lab);
	assert_true(string_starts(plan, "images.deb: change\n  image_remove path="));
	assert_null(strstr(plan, "volumes."));
	/* the image is gone; what stood on it is not made anew */
	lab_json(lab, "files.json", POOL "/images/deb-aaaaaaaaaaaa.qcow2", NULL);
	plan = lab_plan(lab);
	assert_true(string_starts(plan, "images.deb: create\n  image_fetch path="));
	assert_null(strstr(plan, "volumes."));
	lab_perform(lab);
	assert_settled(lab);
	/* libvirt forgot the pool; its files are still known */
	remove(lab_path(lab, "libvirt/pools/default.xml"));
	assert_string_equal(strchr(lab_plan(lab), '\n') - strlen("pools.default: create"),
			    lab_plan(lab));
	assert_null(strstr(lab_plan(lab), "volumes."));
	/* somebody stopped it */
	lab_perform(lab);
	lab_member_set(lab, "libvirt/pools.json", "default", "active", "false");
	assert_string_equal(lab_plan(lab), "pools.default: change\n"
					   "  pool_start pool=\"default\"\n");
}

/* A pool whose file system is not mounted looks like one that was never filled: a guest that is
 * defined with the volume tells that it had content, the ledger alone does not (a run that was
 * killed in between is carried on without asking). */
static void a_volume_that_was_lost_is_not_made_anew_by_the_way(void **state)
{
	struct lab *lab = *state;

	lab_describe(lab, "volumes: {data: {size: 10MiB, format: raw}}\n"
			  "guests: {off: {virtualization: emulated, state: stopped}}\n");
	lab_plan(lab);
	lab_perform(lab);
	lab_json(lab, "files.json", POOL "/data.img", NULL);
	assert_non_null(strstr(lab_plan(lab), "volume_create"));
	assert_int_equal(plan_find(&lab->plan, "volumes.data")->class, CLASS_NONE);
	lab_put(lab, "libvirt/domains/theirs.xml", FOREIGN);
	assert_non_null(strstr(lab_plan(lab), "volume_create"));
	const struct plan_item *item = plan_find(&lab->plan, "volumes.data");
	assert_int_equal(item->class, CLASS_DESTROYS_DATA);
	assert_non_null(strstr(item->steps.notes.at[0], "is the file system of pools.default"));
	/* the pool was moved, and the volume with it or not: it is told by where it was */
	lab_describe(lab, "pools: {default: {path: /srv/other}}\n"
			  "volumes: {data: {size: 10MiB, format: raw}}\n"
			  "guests: {off: {virtualization: emulated, state: stopped}}\n");
	assert_non_null(strstr(lab_plan(lab), "volume_create path=\"/srv/other/data.img\""));
	assert_int_equal(plan_find(&lab->plan, "volumes.data")->class, CLASS_DESTROYS_DATA);
	lab_put(lab, "failing", "domains\n");
	assert_null(strstr(lab_plan(lab), "volume_create"));
}

/* The guest's definition would name a file that is not there, and its next start would fail. */
static void a_pool_that_moves_leaves_no_running_guest_without_its_disks(void **state)
{
	struct lab *lab = *state;

	lab_with_a_foreign_guest(lab, "{\"theirs\": {\"state\": \"running\"}}");
	lab_describe(lab, "pools: {default: {path: /srv/other}}\n"
			  "volumes: {data: {size: 10MiB, format: raw}}\n");
	const char *plan = lab_plan(lab);
	assert_null(strstr(plan, "volume_"));
	assert_non_null(strstr(plan, "guests.theirs runs with it at \"" POOL "/data.img\""));
	const struct plan_item *pool = plan_find(&lab->plan, "pools.default");
	assert_int_equal(pool->class, CLASS_DESTROYS_DATA);
	assert_non_null(strstr(pool->steps.notes.at[0], "volumes.data"));
}

/* PIT57: an image of a file URL may be another one by now. */
static void what_a_volume_stands_on_comes_back_as_it_was_or_not_at_all(void **state)
{
	struct lab *lab = *state;
	const char *image = POOL "/images/i-", *volume = POOL "/v.qcow2";

	lab_json(lab, "files.json", "/i.qcow2", lab_image(lab, "qcow2", "1000", "none"));
	lab_describe(lab, "images: {i: {url: \"file:///i.qcow2\"}}\n"
			  "volumes: {v: {image: i, size: 2MiB}}\n");
	const char *plan = lab_plan(lab);
	const char *path = strstr(plan, image);
	assert_non_null(path);
	path = arena_strndup(lab->arena, path, strcspn(path, "\""));
	assert_null(strstr(plan, "sha256="));
	lab_perform(lab);
	assert_settled(lab);
	lab_json(lab, "files.json", path, NULL);
	plan = lab_plan(lab);
	assert_true(string_starts(plan, "images.i: create\n  image_fetch path="));
	assert_non_null(strstr(plan, "sha256=\"00000000000000000000000000000000"
				     "00000000000000000000000000000000\""));
	/* nobody wrote down what the volume was made on */
	struct node *file = lab_member(lab, "files.json", volume);
	node_remove((struct node *)node_get(file, "xattr"), "user.gasthof.backing");
	lab_json(lab, "files.json", volume, file);
	plan = lab_plan(lab);
	assert_null(strstr(plan, "image_fetch"));
	assert_non_null(strstr(plan, "2:19: volumes.v stands on it, and nobody can tell whether "
				     "\"file:///i.qcow2\" is still what it was\n"));
	/* the same where no volume is described: somebody else's may stand on it */
	lab_describe(lab, "images: {i: {url: \"file:///i.qcow2\"}}\n");
	lab->ledger.list.count = 0;
	struct node *theirs = lab_member(lab, "files.json", volume);
	node_remove((struct node *)node_get(theirs, "xattr"), "user.gasthof");
	lab_json(lab, "files.json", volume, theirs);
	plan = lab_plan(lab);
	assert_null(strstr(plan, "image_fetch"));
	assert_non_null(strstr(plan, "volumes.default/v.qcow2 stands on it"));
	/* and without it, there is nothing to spoil */
	lab_json(lab, "files.json", volume, NULL);
	assert_non_null(strstr(lab_plan(lab), "image_fetch"));
}

#define MALFORMED "QFI\xfb, and nothing that belongs behind it"

/* What somebody put into the folder stops nothing; it may stand on an image, so that one stays. */
static void a_foreign_file_that_cannot_be_read_stops_no_other(void **state)
{
	struct lab *lab = *state;

	lab_put(lab, "fs" POOL "/junk.qcow2", MALFORMED);
	assert_string_equal(lab_describe(lab, SMALL), "");
	assert_non_null(strstr(lab_plan(lab), "volumes.root: create\n"));
	assert_int_equal(lab->plan.blocked, 0);
	lab_perform(lab);
	assert_settled(lab);
	lab_describe(lab, "pools: {default: {type: dir}}\n");
	const char *plan = lab_plan(lab);
	assert_non_null(strstr(plan, "volumes.root: remove\n"));
	assert_null(strstr(plan, "image_remove"));
	assert_non_null(strstr(plan, "whether volumes.default/junk.qcow2 stands on \"" POOL
				     "/images/deb-aaaaaaaaaaaa.qcow2\" is not known"));
	assert_int_equal(lab->plan.blocked, 1);
}

/* Neither made anew nor forgotten: it is there. */
static void one_of_ours_that_cannot_be_read_is_not_gone(void **state)
{
	struct lab *lab = *state;

	lab_describe(lab, SMALL);
	lab_plan(lab);
	lab_perform(lab);
	lab_put(lab, "failing", POOL "/root.qcow2\n" POOL "/images/deb-aaaaaaaaaaaa.qcow2\n");
	for (int described = 1; described >= 0; described--) {
		lab_describe(lab, described ? SMALL : "pools: {default: {type: dir}}\n");
		const char *plan = lab_plan(lab);
		assert_null(strstr(plan, "volumes.root:"));
		assert_null(strstr(plan, "images.deb:"));
		assert_null(strstr(plan, "volumes.data: create"));
		assert_int_equal(lab->plan.blocked, 2);
		assert_string_equal(plan_find(&lab->plan, "volumes.root")->blocked,
				    "could not look");
		assert_string_equal(plan_find(&lab->plan, "images.deb")->blocked, "could not look");
		assert_non_null(strstr(plan, POOL "/root.qcow2"));
	}
}

static void foreign_things_are_not_taken(void **state)
{
	struct lab *lab = *state;

	lab_put(lab, "libvirt/pools/default.xml",
		"<pool type='dir'><name>default</name><uuid>11111111-1111-1111-1111-111111111111"
		"</uuid><target><path>/var/lib/libvirt/images</path></target></pool>");
	lab_describe(lab, "pools: {default: {}}\n");
	assert_string_equal(lab_plan(lab),
			    "2:9: pools.default is there and was not made by gasthof\n");
	lab_json(lab, "files.json", "/srv/p/a.img", lab_image(lab, "raw", "1048576", "none"));
	lab_put(lab, "libvirt/pools/p.xml",
		"<pool type='dir'><name>p</name><uuid>22222222-2222-2222-2222-222222222222"
		"</uuid><target><path>/srv/p</path></target></pool>");
	lab_describe(lab, "pools: {q: {path: /srv/p}}\n"
			  "volumes: {a: {pool: q, size: 1MiB, format: raw}}\n");
	assert_non_null(
		strstr(lab_plan(lab), "3:11: volumes.a is there and was not made by gasthof\n"));
}

static void the_machine_says_no(void **state)
{
	struct lab *lab = *state;

	lab_put(lab, "fs/srv/file", "notes");
	lab_describe(lab, "pools: {p: {path: /srv/file}}\n");
	assert_string_equal(lab_plan(lab), "2:19: \"/srv/file\" is there and is no folder\n");

	lab_describe(lab, "images: {i: {url: \"file:///no.img\"}}\n");
	assert_non_null(strstr(lab_plan(lab), "2:19: there is no file \"/no.img\"\n"));

	lab_put(lab, "files.json",
		"{\"/\": {\"kind\": \"directory\", \"free\": 3000000},"
		" \"/big.img\": {\"size\": 4000000, \"kind\": \"regular\"}}");
	lab_describe(lab, "images: {i: {url: \"file:///big.img\"}}\n"
			  "volumes: {v: {size: 10MiB}}\n");
	const char *plan = lab_plan(lab);
	assert_non_null(strstr(plan, "2:19: its 4000000B do not fit into the free space of "
				     "pools.default, 3000000B\n"));
	assert_non_null(strstr(plan, "3:21: 10MiB do not fit into the free space of "
				     "pools.default, 3000000B\n"));
	lab_describe(lab, "pools: {default: {overcommit: true}}\nvolumes: {v: {size: 10MiB}}\n");
	assert_non_null(strstr(lab_plan(lab), "volume_create"));
}

/* Known only once the image is there. */
static void a_volume_is_not_smaller_than_its_image(void **state)
{
	struct lab *lab = *state;

	lab_describe(lab, "images: {i: {url: \"https://x/i\", sha256: " SHA_A "}}\n");
	lab_plan(lab);
	lab_perform(lab);
	lab_describe(lab, "images: {i: {url: \"https://x/i\", sha256: " SHA_A "}}\n"
			  "volumes: {v: {image: i, size: 1MiB}}\n");
	assert_string_equal(lab_plan(lab), "3:31: 1MiB is less than the 2MiB of images.i, which "
					   "would be cut off\n");
}

static void could_not_look_is_not_absent(void **state)
{
	struct lab *lab = *state;

	lab_put(lab, "failing", "pools\n");
	lab_describe(lab, SMALL);
	const char *plan = lab_plan(lab);
	assert_null(strstr(plan, "create"));
	assert_non_null(strstr(plan, "cannot look at pools"));
}

static const struct {
	const char *yaml, *faults;
} bad[] = {
	{ "images: {i: {url: \"https://x/i.qcow2\"}}\n",
	  "2:19: an image from elsewhere needs its sha256\n" },
	{ "volumes: {v: {format: raw}}\n", "2:11: a volume needs a size or an image\n" },
	{ "volumes: {v: {size: 1KiB}}\n", "2:21: a volume has at least 1MiB\n" },
	{ "images: {i: {url: \"file:///i\"}}\nvolumes: {v: {image: i, format: raw}}\n",
	  "3:33: a raw volume cannot stand on an image\n" },
	{ "pools: {p: {path: /etc/guests}}\n", "2:19: \"/etc/guests\" belongs to the system\n" },
	{ "pools: {p: {path: /srv/a}, q: {path: /srv/a/b}}\n",
	  "2:38: \"/srv/a/b\" and the folder of pools.p lie in each other\n" },
	{ "pools: {p: {name: x}, q: {name: x}}\n", "2:33: pools.p has this name already\n" },
};

static void mistakes_are_told_at_their_place(void **state)
{
	struct lab *lab = *state;

	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_string_equal(lab_describe(lab, bad[i].yaml), bad[i].faults);
	assert_string_not_equal(
		lab_describe(lab, "images: {i: {url: \"https://x/i\", sha256: abc}}\n"), "");
}

#define LAB_TEST(test) cmocka_unit_test_setup_teardown(test, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(nothing_is_there),
		LAB_TEST(the_default_pool_is_implied),
		LAB_TEST(volumes_grow_and_never_shrink),
		LAB_TEST(a_new_image_changes_no_volume),
		LAB_TEST(what_is_no_longer_described_goes_in_order),
		LAB_TEST(what_is_used_stays),
		LAB_TEST(a_raw_volume_is_raw_whatever_its_guest_writes),
		LAB_TEST(what_a_foreign_guest_holds_stays),
		LAB_TEST(an_image_stays_while_its_users_cannot_be_seen),
		LAB_TEST(what_is_gone_or_broken_comes_back),
		LAB_TEST(a_volume_that_was_lost_is_not_made_anew_by_the_way),
		LAB_TEST(a_pool_that_moves_leaves_no_running_guest_without_its_disks),
		LAB_TEST(what_a_volume_stands_on_comes_back_as_it_was_or_not_at_all),
		LAB_TEST(a_foreign_file_that_cannot_be_read_stops_no_other),
		LAB_TEST(one_of_ours_that_cannot_be_read_is_not_gone),
		LAB_TEST(foreign_things_are_not_taken),
		LAB_TEST(the_machine_says_no),
		LAB_TEST(a_volume_is_not_smaller_than_its_image),
		LAB_TEST(could_not_look_is_not_absent),
		LAB_TEST(mistakes_are_told_at_their_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
