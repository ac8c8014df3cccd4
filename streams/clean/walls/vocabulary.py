"""The words that servers and walls speak with, by their sense, in some fifteen languages."""

from enum import Flag, auto
from typing import Final


class Sense(Flag):
    """What a word of a wall is about; a word may have several senses."""

    PAGE = auto()
    """The thing asked for: page, article, address."""
    MISSING = auto()
    """It is not there: not found, removed, does not exist."""
    ACCESS = auto()
    """The asking: access, request, connection, permission."""
    DENIED = auto()
    """The refusal: denied, blocked, forbidden."""
    HUMAN = auto()
    """Who asks: human, robot, captcha."""
    VERIFY = auto()
    """The check: verify, confirm, click."""
    SECURITY = auto()
    """Protection and traffic: security, DDoS, IP, proxy."""
    BROWSER = auto()
    """The reader's program."""
    CONSENT = auto()
    """Cookies, privacy, consent, partners."""
    SCRIPT = auto()
    """JavaScript."""
    SWITCH = auto()
    """Enable, disable, require."""
    OUTAGE = auto()
    """Maintenance, unavailable, later."""
    LOGIN = auto()
    """Log in, register, subscribe."""
    ERROR = auto()
    """Error, sorry, and HTTP's error codes."""
    WAIT = auto()
    """A moment, loading, redirecting."""
    PROCEED = auto()
    """Going on to the page, if the reader agrees."""
    READER = auto()
    """The second person: you, your."""
    HOST = auto()
    """The first person plural: we, our."""
    FILLER = auto()
    """Words without a sense of their own, which a whole phrase may have."""


# A star marks a stem. One line for each group of languages. Collected by the sense, from the
# messages that servers (Apache, nginx, IIS, WordPress, Drupal), delivery networks (Cloudflare,
# Akamai, Imperva, DataDome, PerimeterX, AWS WAF) and consent platforms (IAB TCF 2.2, Sourcepoint,
# OneTrust, Didomi) show; not by site, and with the forms that grammar gives them.
# fmt: off
WORDS: Final[dict[Sense, str]] = {
    Sense.PAGE: """
        meldung startseite
        trang halaman oldal* pagini paginile σελιδα σελιδας αρθρο stranky clanek clanok הדף דף
        עמוד הכתבה หน้า เพจ पेज पृष्ठ posts post screen domain artikul* אתר situs
        page pages site website webpage article articles story content document link links url
        urls
        address resource file
        seite seiten artikel* inhalt* adresse beitrag* webseite* website* dokument*
        contenu lien* ressource pagin* sitio articul* contenid* enlace* direccion articol* sito
        contenut* indirizzo artig* conteudo endereco
        stron* artyku* tresc* adres* witryn* страниц* стать* материал* адрес* ссылк* сайт*
        сторінк*
        sayfa* haber* icerik* site* inhoud bladzijde sida* side* siden artikkel* sivu* strank*
        ページ 記事 サイト コンテンツ アドレス
        页面 頁面 网页 網頁 文章 内容 內容 网站 網站 地址 链接 連結
        페이지 기사 사이트 콘텐츠 주소 게시물
        صفح* مقال* موقع* محتو* رابط* عنوان*
    """,
    Sense.MISSING: """
        geloscht*
        retirado retirada retiree vanished archived disappeared withdrawn retracted pulled
        unpublished takedown tồn
        tại xóa ton tai xoa ditemukan dihapus dipindahkan talalhato letez* torolt* gasita
        gasit exista mutata stearsa βρεθηκε υπαρχει nenalezena neexistuje לא נמצא נמצאה קיים נמחק
        ไม่พบ ไม่มีอยู่ ลบ नहीं मिला मौजूद kaldirilmis yayindan 公開を終了 掲載期間が終了
        ご覧いただけません
        found find exist* moved missing removed deleted expired gone lost dead broken
        gefunden existier* vorhanden entfernt verschoben geloscht abgelaufen finden
        introuvable* trouv* existe* supprim* deplac* disparu* encontr* eliminad* movid* borrad*
        trovat* esist* rimoss* spostat* eliminat* removid* apagad*
        znalezion* znalezc istniej* usuniet* przeniesion* brak найд* найти существу* удален*
        перемещен* знайд* існу* bulunam* bulunmu* bulunmamak* bulamad* mevcut silin* silinmis*
        kaldiril* tasin* yok gevonden bestaat verwijderd verplaatst hittad* finns funnet fundet
        finnes findes eksister* loytyn* loydy* nenalezen* nenasli neexistuj*
        見つかりません 見つかりませんでした 見つけ 存在しません 存在しない 削除 移動 ありません
        終了
        不存在 未找到 找不到 没有找到 沒有找到 没找到 無法找到 无法找到 已删除 已刪除 被删除 删除
        走丢了
        찾을수없 존재하지않 삭제 없습니다 없는
        موجود* العثور نعثر يوجد توجد محذوف* حذف*
    """,
    Sense.ACCESS: """
        アクセスが集中
        akses hozzaferes acces πρόσβαση pristup גישה เข้าถึง पहुंच
        access accessing request* connection session permission* entry
        zugriff zugang anfrage* verbindung berechtigung* acces requete* connexion autorisation*
        acceso solicitud conexion permiso* accesso richiest* connession* permess* acesso pedido
        solicitacao conexao permissao dostep* zadani* polaczeni* uprawnie* доступ* запрос*
        соединени* прав erisim* istek* baglanti* izin* izn* toegang verzoek atkomst adgang tilgang
        アクセス リクエスト 権限 接続 访问 訪問 请求 請求 存取 权限 權限 连接
        접근 액세스 접속 요청 권한 연결 وصول* طلب* اتصال* صلاحي*
    """,
    Sense.DENIED: """
        ditolak megtagadva interzis απορρίφθηκε απαγορεύεται odepren zamitnut נדחתה חסומה
        ปฏิเสธ अस्वीकृत timed denies
        denied refused forbidden blocked block blocking restricted rejected unauthorized
        unauthorised
        prohibited unsuccessful suspended banned interruption overload
        verweigert gesperrt blockiert verboten abgelehnt untersagt eingeschrankt refus* interdit*
        bloqu* restreint* denegad* prohibid* restringid* rechazad* negat* vietat* bloccat* negad*
        proibid* restrit* zabronion* zablokowan* odmow* ograniczon* запрещ* заблокирован*
        ограничен* отказано закрыт* engellen* reddedil* yasak* kisitl* geweigerd geblokkeerd
        nekad* nektet afvist spærret
        拒否 禁止 制限 ブロック 遮断 拒绝 拒絕 被拒 限制 屏蔽 封锁 封鎖 拦截 攔截
        거부 차단 금지 제한 مرفوض* رفض* محظور* حظر* ممنوع* مقيد*
    """,
    Sense.HUMAN: """
        manusia ανθρωπος robotu ρομποτ clovek רובוט אדם मानव หุ่นยนต์
        роботы
        human humans robot robots bot bots captcha* recaptcha hcaptcha automated
        mensch* roboter* automatisiert* humain* humano* umano robo робот* бот* человек* капч*
        czlowiek* robot* automatyczn* автоматич* insan* otomatik menneske* människa mens
        ロボット 人間 ボット 自動 机器人 機器人 真人 人机 人機 验证码 驗證碼 로봇 사람 자동
        روبوت* انسان* بشر*
    """,
    Sense.VERIFY: """
        comprueb* kontrol* verifikasi ellenorz* potvrdte
        verify* verifi* check checking confirm* validat* validation prove challenge press hold
        click
        box solve complete slide
        sicherheitsuberprufung* uberpruf* pruf* bestatig* cliquez comprob* conferm* sprawdz*
        weryfik* potwierdz* проверк*
        проверя* проверьт* подтверд* dogrula* kontrol* onayla* controleer* controle bevestig*
        kontroller* bekraft* bekreft*
        確認 認証 検証 チェック 验证 驗證 检查 檢查 确认 確認 核验 完成 확인 인증 검증 تحقق* تاكد*
        تاكيد*
    """,
    Sense.SECURITY: """
        security secure protection protected ddos firewall attention cloudflare akamai incapsula
        imperva datadome perimeterx sucuri traffic unusual suspicious activity ray reference
        incident
        ip vpn proxy id administrator webmaster
        sicherheitsuberprufung sicherheit* schutz* datenverkehr ungewohnlich* securite seguridad
        trafico inusual* sicurezza
        protezione traffico seguranca protecao trafego bezpieczenstw* ochron* ruch nietypow*
        безопасност* защит* трафик* подозрительн* guvenlik* koruma* trafik* olagandisi beveilig*
        sakerhet* sikkerhet* セキュリティ 保護 安全 防护 防護 异常 異常 流量 보안 비정상 트래픽
        امان* امن* حماي*
    """,
    Sense.BROWSER: """
        browser* navigateur* navegador* przegladark* браузер* tarayici* webblasar* nettleser*
        ブラウザ ブラウザー 浏览器 瀏覽器 브라우저 متصفح*
    """,
    Sense.CONSENT: """
        cerezleri ortaklarimiz gizliliginiz* onayiniz*
        cookie* consent* privacy gdpr dsgvo partner* vendor* tracking advertis* ads personalis*
        personaliz* choices preferences settings legitimate accept agree agreement
        einwilligung* einwillig* zustimm* datenschutz* privatsphare* werbung personenbezogen*
        personalisiert* akzeptier* einstellungen interesse anzeigen consentement* confidentialite
        vie privee partenaire* publicite* acceptez accepter consentimiento* privacidad* socios
        publicidad aceptar consenso consensi pubblicita accetta* consentimento parceiros aceita*
        zgod* prywatnosc* ciasteczk* reklam* akceptuj* согласи* согласен конфиденциальност* куки
        файлов партнер* реклам* cerez* gizlilik riza kvkk onay* toestemming* advertentie*
        samtycke*
        samtykke* personvern integritet クッキー 同意 プライバシー 個人情報 広告 隐私 隱私 广告
        廣告
        쿠키 동의 개인정보 광고 ارتباط خصوصي* موافق* كوكيز اعلان*
    """,
    Sense.SCRIPT: "javascript js script scripts adblock adblocker blocker جافاسكريبت джаваскрипт",
    Sense.SWITCH: """
        enable* disable* activat* required requires require needed supported allow turn run
        aktivier* deaktivier* benotig* erforderlich activ* desactiv* necesit* habilit* attiv*
        abilit*
        disattiv* disabil* ativ* desativ* wlacz* wylacz* wymaga* включ* отключ* etkin* devre
        schakel*
        有効 無効 启用 啟用 开启 開啟 禁用 활성화 사용 تفعيل* فعل*
    """,
    Sense.OUTAGE: """
        できません
        つながりにくくなって
        pemeliharaan karbantartas mentenanta συντηρηση udrzb* תחזוקה ปรับปรุง रखरखाव
        wartungsmodus niedostepn* apache nginx port origin timeout refresh reload neu laden 再度
        時間をおいて 繁忙 系统
        requests maintenance temporarily unavailable available outage offline down shortly soon
        overloaded busy
        service server later again technical difficulties upgrade gateway bad timeout internal
        wartung* vorubergehend verfugbar erreichbar gleich spater erneut dienst nicht-verfugbar
        indisponible* disponible* momentanement temporairement reessay* bientot serveur service*
        mantenimiento temporalmente intent* tarde servicio* servidor* manutenzione disponibil*
        temporaneamente riprov* servizio servizi manutencao indisponivel temporariamente tente
        novamente servico* disponivel konserwac* przerw* techniczn* niedostepn* chwilowo sproboj*
        sprobuj* usluga serwer* pozniej техническ* обслуживани* недоступ* временно попробуйте
        позже
        сервис* сервер* работ* bakim* gecici* hizmet* sunucu* tekrar deneyin calisma* kullanilam*
        ulasilam* onderhoud tijdelijk beschikbaar bereikbaar underhall vedlikehold otillganglig*
        utilgjengelig* メンテナンス 一時的 利用できません ご利用いただけません しばらく サービス
        停止 混雑 集中 つながりにくく もう一度 お試し
        サーバー サーバ 维护 維護 暂时 暫時 服务 服務 服务器 伺服器 不可用 无法 無法 稍后 稍後
        再试 再試
        繁忙 점검 일시적 서비스 이용 다시 나중에 서버 صيان* متاح* متوفر* خدم* موقت* لاحق* خادم
    """,
    Sense.LOGIN: """
        abo abonnent* weiterlesen
        abonnes reserve abonne* masuk bejelentkez* autentific* συνδεση prihlas* התחבר
        เข้าสู่ระบบ लॉगिन subscribers subscriber necesaria необходима
        login log logged sign signin subscribe* subscription register registration account
        password
        premium members
        anmeld* einloggen registrier* konto abonn* passwort connectez identifi* inscri* compte
        connexion iniciar sesion registr* cuenta suscri* acced* registra* abbona* entrar cadastr*
        assin* conta
        zalog* logow* subskryb* войти войдите вход* регистрац* подпис* авториз* giris uye* oturum
        abone*
        inloggen wachtwoord logga logg ログイン 会員 登録 登录 登入 注册 註冊 订阅 訂閱 로그인
        회원 구독
        تسجيل* دخول اشترك*
    """,
    Sense.ERROR: """
        kesalahan hiba eroare σφαλμα chyba שגיאה ข้อผิดพลาด त्रुटि schiefgelaufen
        schiefgegangen bearbeiten maaf συγγνωμη elnezest omlouvame произош* wystap*
        olustu выполн* 発生しました 発生 발생
        error errors oops ooops whoops uh sorry apologies apologize unfortunately wrong problem
        failed
        http unexpected
        fehler* leider entschuldig* hoppla ups serverfehler erreur* desole* oups malheureusement
        probleme* sentimos lamentamos vaya errore spiacent* ops siamo erro desculp* blad* niestety
        przeprasza* ошибк* извин* сожалени* упс помилк* hata* uzgun* ozur fout helaas fel feil
        beklager tyvarr virhe* chyba エラー 申し訳 错误 錯誤 抱歉 对不起 對不起 出错 出錯 오류
        죄송
        خطا* عذر* اسف* نعتذر
        400 401 403 404 405 408 410 418 429 451 500 501 502 503 504 520 521 522 523 524 525 526
    """,
    Sense.WAIT: """
        moment wait instant redirecting redirect* loading momentarily
        augenblick warten patientez chargement momento espere esper* attend* aguard* chwil*
        czekaj*
        poczekaj* подожд* момент* минут* секунд* dakika bekle* yukleniyor vent ogenblik
        wacht お待ち 少々 読み込み 请稍候 请稍等 請稍候 稍候 加载 잠시만 기다려 로딩 انتظر* لحظ*
        انتظار
    """,
    Sense.PROCEED: """
        continue proceed fortfahren fortsetzen weiter continuer continuez poursuivre continuar
        continua seguir continuare proseguire kontynuowa* продолж* devam doorgaan verder fortsett*
        続ける 続行 继续 繼續 계속 متابعة تابع* المتابعة
    """,
    Sense.READER: """
        anda σας vas vam אתה คุณ आप veuillez
        please bitte veuillez favor favore prosze пожалуйста lutfen ください 请 請 주세요 يرجى
        alstublieft
        you your yours yourself sie ihr ihre ihren ihrem ihrer du dein* dich vous votre vos tu ton
        usted su tus tuo tua vi vostro voce seu sua twoj* panstw* pan вы вас вам ваш* siz* sizin u
        uw
        je jouw din ditt あなた お客様 您 你 귀하 고객 لك انت*
    """,
    Sense.HOST: """
        ortaklarimiz biz
        we our us wir uns unser* nous notre nos nosotros nuestr* noi nostr* nosso nossa nossos my
        nasz* nasi мы наш* biz bizim wij onze var 当社 弊社 私たち 我们 我們 우리 저희 نحن
    """,
    Sense.FILLER: """
        create free keep email nothing gibt es mit jetzt schon sobald
        cet cette aucun aucune par redaction nous sommes on y ser sido algo fue ha sobre com ver
        foi sua seu esta estao poco jest sa ze cos poszlo aby moga byc zawartosc kt przez autora
        nie juz te to tym moze moglo olabilir edilmis edildi icin ile ve bu az a egy keresett
        keres vagy nu fost cautata cautati a sau in que yang tidak ada telah atau cari da bi hoac
        bị được bạn tìm kiem tim que η δεν που ψαχνετε ή η αυτη pozadovana se את שחיפשת אינו היא
        זה של nincs que जिस को खोज रहे हैं वह नहीं है हो ที่ คุณ ค้นหา ไม่ได้ ถูก แล้ว ต้องการ
        หรือ 해당 했습니다 되었거나 않습니다 후 기사를 읽을 있습니다 필요합니다 필요 사용자가 세요
        시도 해 주 れる ない からが 会員限定 お読み または して わ 时 后 看 查看 全文 阅读 可能
        作者 检测 到 请求 完 了 该 被 已经 آن ثم لم يعد قبل اعادة المحاولة انتظار اثناء maybe
        instead these head front track vanish seems requested author republished longer published
        our apologies kindly inconvenience
        the a an to this that these here is are was were be been being has have had it its of for
        on in
        at and or by with from as if not no n t s m re can cannot could couldn couldnt do does don
        doesn did didn isn aren wasn won may might should must looks looking look like seem*
        went something anything nothing nowhere before just one i am so longer any up but
        let make sure home go back return try search for take takes few second seconds minute
        minutes
        under too many value values respect occurred ll ve re d time out reading accessing
        currently
        scheduled planned undergoing available only exactly later your sadly who which there where
        what when will would about pardon hang tight still right now working fix fixing improve
        improving
        region country territory location area due legal reasons european economic union law
        rechtlichen grunden land region* raisons legales pays razones legales pais ragioni legali
        paese motivos legais regiao
        things shop view viewing see reach reached get got typed mistyped old outdated bookmark
        requested request ed want wanted more help
        die der das den dem des ein eine einen nicht ist sind sein wurde wurden konnte kann konnen
        leider auf zu von mit fur im am es dass diese* dieser haben hat keine* kein gibt mehr
        da wieder derzeit zurzeit gerade kurz noch nur wird werden hier uns oder als auch sich man
        gesuchte* angefordert* angeforderte* gewunscht* etwas schief gegangen
        la le les l un une des de du d en et est sont a ete n pas ne que qui ce cette ces pour sur
        plus
        etes sommes avez ont etait aux au a en train cours actuellement retour revenez tres
        bientot
        dans demande* demandee recherche* peut etre s il plait
        eres esta* estamos pronto volvemos volveremos actualmente ahora antes
        el los las lo una del al no se ha han que por es esta este ya y o con para algo salio mal
        pudo puede solicitad* buscad* busca buscas
        sei siamo presto torniamo torneremo momentaneamente al in corso prima
        il i gli lo della del non si e o puo stata stato che di per qualcosa andato storto
        cercat* richiest* cerchi
        o os as um uma do da dos das nao foi e que por para nao ser pode algo deu errado procurad*
        procura solicitad*
        trakcie zostala zostalo juz wkrotce wracamy obecnie przed jestes czy w
        nie jest zostal* moze byc ta to tej w z na sie i lub szukan* zadan* ktorej szukasz
        ведутся проводятся ведется скоро вернемся сейчас находится больше вы ли чтобы перед
        не была был было были в на к и или по эта этот это запрашиваем* что то пошло так
        нет вами для с вас ваш* запрошенн* указанн* данная данный
        musunuz misiniz degilim degil oldugunuz* yapiyoruz su anda kisa surede donecegiz nedeniyle
        bu aradiginiz bir ve icin sayfaya aradigin istenen uzgunuz
        ei ole voi ilgili je bent weer terug even
        de het een niet is zijn kon worden deze die op van te en dat gezochte pagina
        den det en ett inte ikke kunde ble blev er som du sok* ikkje denne
        ただいま 現在 中 では ない ません 前に
        が は を に の で と も へ お ご い し た て す ま せ ん れ さ り か き く け こ な ら る
        よ う ね だ
        でした です ます ました している されました 探し 申し ございません お探し ご指定 指定 中
        的 了 您 你 要
        是 在 被 已 与 和 或 此 该 該 这个 這個 个 個 不 没有 沒有 有 我 找 到 啦 哦 吧 呢 所 寻找
        尋找 系统 系統 正在 为 為 您的 前 绝 見 页 频繁 过于 太
        이 가 을 를 은 는 의 에 로 요청하신 요청한 하신 찾으시는 습니다 합니다 입니다 있습니다 수
        없 할 됨 되었 되지 않 음 하 지 해 된 잠시 중 안내 아닙니다 아님 현재 만 아 닙 니 다 안 내
        됩 합 요 십 시 오 있 려 면
        لم لا من في على هذه هذا التي الذي غير يتم تم قد ان او عن الى عفوا يمكن تبحث عنها ما ليس
        كنت انك لست هل تحت قيد حاليا سياسة تم تكون سوف نعود قريبا قبل حدث حدثت
    """,
}
# fmt: on
