BBBBBBB BBBBBBBBBBBBBBBBB
BBBB BBBB BBBBB
BBBBB BBBBB gettext(u'Photo') BBBBBBBB BBBBB
BBBBB BBBBBBB
  XXXX XXXXXXXXXXXXXX
    BB BBBBBBBBBB BB BBBBBBBBBB
      XXXX gettext(u'The photo is being prepared') XXXXX
      XX XXXXXXXXXXXXX gettext(u'We take out where and when it was taken, and make it small enough to open quickly. That takes a few seconds.') XXXX
      XXXXX XXXXXXXXXX XXXXXXXXXXXX XXXXXXXX gettext(u'Look again') XXXXXXXX
    BBBB
      XXXX gettext(u'The photo could not be taken in') XXXXX
      XX XXXXXXXXXXXXXBBBBBBBBB BBBBBBBBBBBXXXX
    BBBBB
    XXXXX XXXXXXBBB BBBBBBBBBXX gettext(u'Back to your start') XXXXXXXX
  XXXXXX
BBBBBBBB BBBBBBB
