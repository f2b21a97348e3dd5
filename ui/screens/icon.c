#include "icon.h"

#include <math.h>

/* Painting in hundredths of the mask's side, 0,0 = top left. */
struct brush {
    struct mask *mask;
    bool cut;
};

enum { DISC_POINTS = 64, LINE_POINTS_MAX = 8, BOX_POINTS = 4 };

#define PI_F 3.14159265f

static void paint(const struct brush *brush, const struct point *points, int count)
{
    if (brush->cut)
        mask_cut(brush->mask, points, count);
    else
        mask_add(brush->mask, points, count);
}

static float px(const struct brush *brush, float hundredths)
{
    return hundredths * (float)brush->mask->width / 100;
}

static void polygon(const struct brush *brush, const struct point *points, int count)
{
    struct point scaled[MASK_POINTS_MAX];

    for (int i = 0; i < count; i++)
        scaled[i] = (struct point){px(brush, points[i].x), px(brush, points[i].y)};
    paint(brush, scaled, count);
}

/* Edges on whole pixels: upright lines stay crisp at every size. */
static void box(const struct brush *brush, float x, float y, float w, float h)
{
    float left = roundf(px(brush, x)), top = roundf(px(brush, y));
    float right = fmaxf(roundf(px(brush, x + w)), left + 1);
    float foot = fmaxf(roundf(px(brush, y + h)), top + 1);
    struct point points[BOX_POINTS] = {{left, top}, {right, top}, {right, foot}, {left, foot}};

    paint(brush, points, BOX_POINTS);
}

static void disc_part(const struct brush *brush, float x, float y, float radius, float from,
                      float to)
{
    struct point points[DISC_POINTS];

    for (int i = 0; i < DISC_POINTS; i++) {
        float angle = (from + (to - from) * (float)i / (DISC_POINTS - 1)) * 2 * PI_F;

        points[i] = (struct point){px(brush, x + radius * cosf(angle)),
                                   px(brush, y + radius * sinf(angle))};
    }
    paint(brush, points, DISC_POINTS);
}

static void disc(const struct brush *brush, float x, float y, float radius)
{
    disc_part(brush, x, y, radius, 0, (DISC_POINTS - 1.0f) / DISC_POINTS);
}

void icon_disc(struct mask *mask, struct point centre, float radius)
{
    struct brush brush = {mask, false};
    float unit = 100 / (float)mask->width;

    disc(&brush, centre.x * unit, centre.y * unit, radius * unit);
}

static void ring(const struct brush *brush, float x, float y, float radius, float line)
{
    struct brush cut = {brush->mask, true};

    disc(brush, x, y, radius);
    disc(&cut, x, y, radius - line);
}

/* An arc as a band, angles in turns. */
static void arc(const struct brush *brush, float x, float y, float radius, float line, float from,
                float to)
{
    struct point points[DISC_POINTS];

    for (int i = 0; i < DISC_POINTS; i++) {
        bool back = i >= DISC_POINTS / 2;
        int step = back ? DISC_POINTS - 1 - i : i;
        float angle = (from + (to - from) * (float)step / (DISC_POINTS / 2 - 1)) * 2 * PI_F;
        float r = back ? radius - line : radius;

        points[i] = (struct point){x + r * cosf(angle), y + r * sinf(angle)};
    }
    polygon(brush, points, DISC_POINTS);
}

/* An open line with butt ends and pointed joints. */
static void stroke(const struct brush *brush, const struct point *p, int count, float line)
{
    struct point outline[2 * LINE_POINTS_MAX];

    for (int i = 0; i < count; i++) {
        struct point before = p[i > 0 ? i - 1 : 0], at = p[i], after = p[i < count - 1 ? i + 1 : i];
        float ax = at.x - before.x, ay = at.y - before.y, bx = after.x - at.x, by = after.y - at.y;
        float al = hypotf(ax, ay), bl = hypotf(bx, by), nx, ny, scale;

        if (al <= 0) {
            ax = bx;
            ay = by;
            al = bl;
        }
        if (bl <= 0) {
            bx = ax;
            by = ay;
            bl = al;
        }
        nx = -(ay / al + by / bl) / 2;
        ny = (ax / al + bx / bl) / 2;
        scale = line / 2 / (nx * nx + ny * ny); /* the joint's point */
        outline[i] = (struct point){at.x + nx * scale, at.y + ny * scale};
        outline[2 * count - 1 - i] = (struct point){at.x - nx * scale, at.y - ny * scale};
    }
    polygon(brush, outline, 2 * count);
}

/* Head and shoulders: x = middle, foot = lower edge, size = height. */
static void person(const struct brush *brush, float x, float foot, float size)
{
    enum { ARC = 12 };
    struct point body[2 * ARC + 2];
    float half = size * 0.335f, top = foot - size * 0.56f, r = size * 0.26f;

    disc(brush, x, foot - size * 0.815f, size * 0.185f);
    for (int i = 0; i < ARC; i++) {
        float angle = PI_F / 2 * (float)i / (ARC - 1), c = r * cosf(angle), s = r * sinf(angle);

        body[i] = (struct point){x - half + r - c, top + r - s};
        body[2 * ARC - 1 - i] = (struct point){x + half - r + c, top + r - s};
    }
    body[2 * ARC] = (struct point){x + half, foot};
    body[2 * ARC + 1] = (struct point){x - half, foot};
    polygon(brush, body, 2 * ARC + 2);
}

/* From the needle's point, bottom left, to the plunger, top right; the upper half is empty. */
static void syringe(const struct brush *brush)
{
    static const struct point barrel[] = {{22, 59}, {59, 22}, {78, 41}, {41, 78}};
    static const struct point space[] = {{43.5f, 49}, {59, 33.5f}, {66.5f, 41}, {51, 56.5f}};
    static const struct point needle[] = {{2, 98}, {33, 67}};
    static const struct point rod[] = {{67, 33}, {85, 15}};
    static const struct point plate[] = {{72, 4}, {96, 28}};
    struct brush cut = {brush->mask, true};

    polygon(brush, barrel, 4);
    polygon(&cut, space, 4);
    stroke(brush, needle, 2, 7.5f);
    stroke(brush, rod, 2, 9.5f);
    stroke(brush, plate, 2, 9);
}

static void finder(const struct brush *brush, float x, float y)
{
    struct brush cut = {brush->mask, true};

    box(brush, x, y, 43, 43);
    box(&cut, x + 9, y + 9, 25, 25);
    box(brush, x + 16, y + 16, 11, 11);
}

static void qr(const struct brush *brush)
{
    finder(brush, 0, 0);
    finder(brush, 57, 0);
    finder(brush, 0, 57);
    for (int i = 0; i < 9; i += 2)
        box(brush, 58 + 14 * (float)(i % 3), 58 + 14 * (float)(i / 3), 14, 14);
}

static void door(const struct brush *brush)
{
    struct brush cut = {brush->mask, true};

    box(brush, 16, 0, 68, 92);
    box(&cut, 27, 10.5f, 46, 82);
    box(brush, 0, 92, 100, 8);
    box(brush, 60, 48, 9, 16);
}

static void yen(const struct brush *brush)
{
    static const struct point arms[] = {{29.5f, 24.5f}, {50, 52}, {70.5f, 24.5f}};

    ring(brush, 50, 50, 50, 8.5f);
    stroke(brush, arms, 3, 9.5f);
    box(brush, 45.5f, 50, 9, 32.5f);
    box(brush, 31, 50.5f, 38, 7.5f);
    box(brush, 31, 63, 38, 7.5f);
}

static void warning(const struct brush *brush)
{
    static const struct point outer[] = {{50, 4}, {98, 90}, {2, 90}};
    struct point inner[3];
    struct brush cut = {brush->mask, true};

    mask_inset(outer, 3, 8.5f, inner);
    polygon(brush, outer, 3);
    polygon(&cut, inner, 3);
    box(brush, 45.5f, 36, 9, 26);
    box(brush, 45.5f, 68, 9, 8);
}

/* A box with its corners cut round. */
static void round_box(const struct brush *brush, float x, float y, float w, float h, float r)
{
    for (int corner = 0; corner < 4; corner++)
        disc(brush, corner % 2 ? x + w - r : x + r, corner / 2 ? y + h - r : y + r, r);
    box(brush, x + r, y, w - 2 * r, h);
    box(brush, x, y + r, r, h - 2 * r);
    box(brush, x + w - r, y + r, r, h - 2 * r);
}

static void phone(const struct brush *brush)
{
    const float line = 5.5f, arm = 19;
    struct brush cut = {brush->mask, true};

    for (int corner = 0; corner < 4; corner++) {
        bool right = corner % 2, low = corner / 2;

        box(brush, right ? 100 - arm : 0, low ? 95 - line : 5, arm, line);
        box(brush, right ? 100 - line : 0, low ? 95 - arm : 5, line, arm);
    }
    round_box(brush, 27, 9, 46, 82, 6);
    box(&cut, 33.5f, 19, 33, 57);
    box(brush, 42, 34, 16, 6.5f);
    box(brush, 39.5f, 46, 21, 19);
    disc(&cut, 50, 83.5f, 3.6f);
}

static void printer(const struct brush *brush)
{
    struct brush cut = {brush->mask, true};

    box(brush, 0, 0, 100, 18);
    box(brush, 13, 10, 74, 57);
    box(&cut, 18.5f, 18, 63, 43.5f);
    box(brush, 36.5f, 28, 27, 23);
}

static void sound(const struct brush *brush)
{
    static const struct point horn[] = {{2, 34}, {24, 34}, {52, 8}, {52, 92}, {24, 66}, {2, 66}};

    polygon(brush, horn, 6);
    arc(brush, 46, 50, 28, 7.5f, -0.125f, 0.125f);
    arc(brush, 46, 50, 50, 7.5f, -0.13f, 0.13f);
}

static void small_signs(const struct brush *brush, enum icon icon)
{
    static const struct point tick[] = {{6, 52}, {37, 83}, {94, 18}};
    static const struct point tick_in_ring[] = {{28, 50}, {44.5f, 66.5f}, {75, 34}};
    static const struct point chevron[] = {{24, 8}, {68, 50}, {24, 92}};
    static const struct point head[] = {{5, 46}, {50, 90}, {95, 46}};
    static const struct point hands[] = {{50, 22}, {50, 53}, {70, 66}};

    if (icon == ICON_CHECK) {
        stroke(brush, tick, 3, 17);
    } else if (icon == ICON_CHEVRON) {
        stroke(brush, chevron, 3, 17);
    } else if (icon == ICON_ARROW_DOWN) {
        stroke(brush, head, 3, 19);
        box(brush, 40, 0, 20, 82);
    } else {
        ring(brush, 50, 50, 50, 8.5f);
        if (icon == ICON_DONE)
            stroke(brush, tick_in_ring, 3, 9.5f);
        else if (icon == ICON_CLOCK)
            stroke(brush, hands, 3, 9);
        else
            for (int i = 0; i < 3; i++)
                disc(brush, 28 + 22 * (float)i, 50, 5.5f);
    }
}

void icon_paint(struct mask *mask, enum icon icon)
{
    const struct brush brush = {mask, false}, cut = {mask, true};

    switch (icon) {
    case ICON_PERSON:
        person(&brush, 50, 100, 100);
        break;
    case ICON_CHILD:
        person(&brush, 27, 98, 96);
        person(&cut, 80, 106, 78); /* a gap between the two */
        person(&brush, 80, 98, 62);
        break;
    case ICON_SYRINGE:
        syringe(&brush);
        break;
    case ICON_QR:
        qr(&brush);
        break;
    case ICON_DOOR:
        door(&brush);
        break;
    case ICON_YEN:
        yen(&brush);
        break;
    case ICON_WARNING:
        warning(&brush);
        break;
    case ICON_PHONE:
        phone(&brush);
        break;
    case ICON_PRINTER:
        printer(&brush);
        break;
    case ICON_SOUND:
        sound(&brush);
        break;
    case ICON_CHECK:
    case ICON_DONE:
    case ICON_WAITING:
    case ICON_CLOCK:
    case ICON_CHEVRON:
    case ICON_ARROW_DOWN:
        small_signs(&brush, icon);
        break;
    case ICONS:
        break;
    }
}
