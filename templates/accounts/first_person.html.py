BBBBBBB BBBBBBBBBBBBBBBBB
BBBB BBBB BBBBB
BBBBB BBBBB gettext(u'The first account') BBBBBBBB BBBBB
BBBBB BBBBBBB
  XXXX gettext(u'Welcome. You are the first one here') XXXXX
  XX XXXXXXXXXXXXX gettext(u'Make the administrator’s account. It may create series and invite everybody else. This link works once.') XXXX
  XXXXX XXXXXXXXXXX XXXXXX XXXXXXXXXXXXX XXXXXXXXX XXXXXXXXXXX
    BBBBBBBBBB
    
    XX XXXXXXXXXXXXX gettext(u'The password needs at least 12 characters. Four words are good.') XXXX
    XXXXXXXXXXXX XXXXXXXXXX XXXXXXXXXXX XXXXXXXXXXX gettext(u'Make the account') XXXXXXXXXXXXXXX
  XXXXXXX
BBBBBBBB BBBBBBB
