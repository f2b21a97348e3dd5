#include "guide.h"

void guide_look(struct guide *guide, enum terminal_screen screen, bool on)
{
    if (!on)
        guide->due = false;
    else if (!guide->on || guide->screen != screen)
        guide->due = true;
    guide->on = on;
    guide->screen = screen;
}

void guide_call(struct guide *guide)
{
    guide->due = guide->on;
}
